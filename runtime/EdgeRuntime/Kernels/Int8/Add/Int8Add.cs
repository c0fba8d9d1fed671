using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels.Int8;

/// <summary>Entries of int8 Add.</summary>
internal static class Int8Add
{
    public static IReadOnlyList<KernelEntry> Entries { get; } =
    [
        new("int8.add.neon", OperatorKind.Add, CpuFeatures.AdvSimd, Supports, Create),
    ];

    private static bool Supports(KernelRequest r) =>
        r.Input(0).Type == DataType.Int8 && r.Output().Type == DataType.Int8 && r.Input(0).Shape == r.Output().Shape && r.Input(1).Shape == r.Output().Shape;

    private static NeonSumKernel Create(KernelRequest r) =>
        new(r, new Int8SumScaling(r.Input(0).Quantization!, r.Input(1).Quantization!, r.Output().Quantization!, r.Options<ActivationOptions>().Activation));
}
