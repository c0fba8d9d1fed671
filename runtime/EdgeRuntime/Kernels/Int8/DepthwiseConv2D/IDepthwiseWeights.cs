namespace EdgeRuntime.Kernels.Int8;

/// <summary>How a depthwise kernel wants its weights.</summary>
internal interface IDepthwiseWeights
{
    /// <summary>Whether sums of products of -128 and -128 are exact: without it, no channel may have two weights of -128.</summary>
    static abstract bool AllowsMinimumWeight { get; }

    /// <summary>Whether the tile is made for the roundings that <see cref="BlockRounding"/> names.</summary>
    static virtual bool HasBlockRounding => false;

    /// <summary>Bytes of weights of a block: taps as they are stored, times channels.</summary>
    static abstract int WeightBytes(int taps, int width);

    /// <summary>Place of a weight within the weights of a block.</summary>
    static abstract int WeightOffset(int tap, int channel, int width);
}
