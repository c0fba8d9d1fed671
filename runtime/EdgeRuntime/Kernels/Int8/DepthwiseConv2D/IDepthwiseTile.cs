namespace EdgeRuntime.Kernels.Int8;

/// <summary>The inner kernel of int8 depthwise convolutions on one instruction set.</summary>
internal unsafe interface IDepthwiseTile
{
    /// <summary>Whether a product of activation -128 and weight -128 is exact.</summary>
    static abstract bool AllowsMinimumWeight { get; }

    /// <summary>Taps that the kernel is made for; 0 for any number.</summary>
    static abstract int Taps { get; }

    /// <summary>Bytes of weights of a block: taps as they are stored, times channels.</summary>
    static abstract int WeightBytes(int taps, int width);

    /// <summary>Place of a weight within the weights of a block.</summary>
    static abstract int WeightOffset(int tap, int channel, int width);

    /// <summary>A run of pixels of <see cref="DepthwiseBlocks.Wide"/> channels.</summary>
    static abstract void Wide<TRounding>(DepthwiseRun* run)
        where TRounding : struct, IRounding;

    /// <summary>A run of pixels of <see cref="DepthwiseBlocks.Narrow"/> channels.</summary>
    static abstract void Narrow<TRounding>(DepthwiseRun* run)
        where TRounding : struct, IRounding;
}
