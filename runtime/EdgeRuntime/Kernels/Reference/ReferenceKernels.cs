using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels;

/// <summary>The portable scalar kernels: slow, simple, one per operator and type, the measure of all others.</summary>
internal static class ReferenceKernels
{
    public static IReadOnlyList<KernelEntry> Entries { get; } =
    [
        Entry("float32.relu", OperatorKind.Relu, r => r.Input(0).Type == DataType.Float32, r => new FloatClampKernel(r, 0, float.PositiveInfinity)),
    ];

    private static KernelEntry Entry(string name, OperatorKind kind, Func<KernelRequest, bool> supports, Func<KernelRequest, Kernel> create) =>
        new(name + ".reference", kind, CpuFeatures.None, supports, create) { IsReference = true };
}
