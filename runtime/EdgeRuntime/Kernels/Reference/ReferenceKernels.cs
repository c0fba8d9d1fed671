using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels;

/// <summary>The portable scalar kernels: slow, simple, one per operator and type, the measure of all others.</summary>
internal static class ReferenceKernels
{
    public static IReadOnlyList<KernelEntry> Entries { get; } =
    [
        .. ReferenceLayers.Entries,
        .. ReferenceElementwise.Entries,
        .. ReferenceMovement.Entries,
    ];

    /// <summary>An entry for operators whose first input and first output have the given types.</summary>
    public static KernelEntry Entry(OperatorKind kind, string name, DataType input, DataType output, Func<KernelRequest, Kernel> create) =>
        new(name + ".reference", kind, CpuFeatures.None, r => r.Input(0).Type == input && r.Output().Type == output, create) { IsReference = true };

    /// <summary>An entry for operators that read and write int8.</summary>
    public static KernelEntry Int8(OperatorKind kind, Func<KernelRequest, Kernel> create) =>
        Entry(kind, "int8." + NameOf(kind), DataType.Int8, DataType.Int8, create);

    /// <summary>An entry for operators that read and write float32.</summary>
    public static KernelEntry Float32(OperatorKind kind, Func<KernelRequest, Kernel> create) =>
        Entry(kind, "float32." + NameOf(kind), DataType.Float32, DataType.Float32, create);

    private static string NameOf(OperatorKind kind) => kind.ToString().ToLowerInvariant();
}
