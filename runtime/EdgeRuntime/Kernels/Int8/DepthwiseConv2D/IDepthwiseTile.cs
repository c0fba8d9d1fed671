namespace EdgeRuntime.Kernels.Int8;

/// <summary>The inner kernel of int8 depthwise convolutions of any window on one instruction set.</summary>
internal unsafe interface IDepthwiseTile : IDepthwiseWeights
{
    /// <summary>A run of pixels of <see cref="DepthwiseBlocks.Wide"/> channels.</summary>
    static abstract void Wide<TRounding>(DepthwiseRun* run)
        where TRounding : struct, IRounding;

    /// <summary>A run of pixels of <see cref="DepthwiseBlocks.Narrow"/> channels.</summary>
    static abstract void Narrow<TRounding>(DepthwiseRun* run)
        where TRounding : struct, IRounding;
}
