namespace EdgeRuntime.Kernels.Int8;

/// <summary>
/// The inner kernel of int8 matrix products on one instruction set. Drivers (Conv2D, FullyConnected) are generic over it, so that each pair is
/// compiled on its own, without a virtual call.
/// </summary>
internal unsafe interface IGemmTile
{
    /// <summary>Consecutive depths of one channel that lie side by side in a panel: the depths that one instruction sums.</summary>
    static abstract int DepthGroup { get; }

    /// <summary>Depth of one step of the inner loop, a multiple of <see cref="DepthGroup"/>; weights are padded to it with zeros.</summary>
    static abstract int DepthStep { get; }

    /// <summary>Whether sums of products of -128 and -128 are exact: without it, no two weights of a channel at a distance of two depths may be -128.</summary>
    static abstract bool AllowsMinimumWeight { get; }

    /// <summary>A panel of <see cref="GemmPanels.Wide"/> channels.</summary>
    static abstract void Wide<TRounding>(GemmBlock* block)
        where TRounding : struct, IRounding;

    /// <summary>A panel of <see cref="GemmPanels.Narrow"/> channels.</summary>
    static abstract void Narrow<TRounding>(GemmBlock* block)
        where TRounding : struct, IRounding;
}
