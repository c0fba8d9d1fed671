namespace EdgeRuntime.Kernels.Int8;

/// <summary>The inner kernel of int8 5x5 depthwise convolutions on one instruction set: one output row of 8 channels, with stride 1 or 2.</summary>
internal unsafe interface IDepthwise5x5Tile : IDepthwiseWeights
{
    /// <summary>A row of a convolution whose windows move by one column.</summary>
    static abstract void Stride1<TRounding>(DepthwisePixels* pixels)
        where TRounding : struct, IRounding;

    /// <summary>A row of a convolution whose windows move by two columns.</summary>
    static abstract void Stride2<TRounding>(DepthwisePixels* pixels)
        where TRounding : struct, IRounding;
}
