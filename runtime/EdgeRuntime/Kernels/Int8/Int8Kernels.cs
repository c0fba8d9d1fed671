namespace EdgeRuntime.Kernels.Int8;

/// <summary>The vectorized int8 kernels, best first.</summary>
internal static class Int8Kernels
{
    public static IReadOnlyList<KernelEntry> Entries { get; } =
    [
        .. X64.X64Kernels.Entries,
        .. SignWeightKernels.Entries,
        .. Int8Conv2D.Entries,
        .. Int8DepthwiseConv2D.Entries,
        .. Int8Add.Entries,
        .. Int8Pooling.Entries,
        .. Int8Movement.Entries,
    ];
}
