using EdgeRuntime.Kernels.Float32;
using EdgeRuntime.Kernels.Int8;
using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels;

/// <summary>One kernel that can be chosen.</summary>
/// <param name="Name">Data type, operator, variant and instruction set, as shown by inspect and bench: "int8.conv2d.1x1.neon-dp".</param>
/// <param name="Kind">Operator that it computes.</param>
/// <param name="Requires">Features that the core must have.</param>
/// <param name="Supports">Whether it can compute this operator: types, shapes, options.</param>
/// <param name="Create">Binds it: packs weights, computes multipliers.</param>
internal sealed record KernelEntry(
    string Name,
    OperatorKind Kind,
    CpuFeatures Requires,
    Func<KernelRequest, bool> Supports,
    Func<KernelRequest, Kernel> Create)
{
    /// <summary>Whether it is the portable scalar kernel that all others are checked against.</summary>
    public bool IsReference { get; init; }

    /// <summary>Whether it computes a convolution or fully connected layer of real activations from one-bit weights, and from no others.</summary>
    public bool ReadsBits { get; init; }

    /// <summary>
    /// Whether it can compute a request on a core. Kernels of convolutions and fully connected layers read weights of the activations' type: one-bit weights,
    /// which a file may have, are unpacked before a kernel is chosen (<see cref="Planning.SignWeights"/>), unless there is one that reads bits.
    /// </summary>
    public bool Accepts(KernelRequest request, CpuFeatures features) =>
        Kind == request.Node.Kind
        && (Requires & ~features) == 0
        && (Kind is not (OperatorKind.Conv2D or OperatorKind.DepthwiseConv2D or OperatorKind.FullyConnected) || request.Input(1).Type == (ReadsBits ? DataType.Bit : request.Input(0).Type))
        && Supports(request);
}

/// <summary>
/// The one place where a kernel is chosen: the first entry of the operator's kind whose features the core has and which supports the request.
/// Each folder below Kernels contributes its list, best first; reference kernels come last.
/// </summary>
internal static class KernelTable
{
    public static IReadOnlyList<KernelEntry> Entries { get; } = [.. Int8Kernels.Entries, .. Float32Kernels.Entries, .. Binary.BinaryKernels.Entries, .. ReferenceKernels.Entries];

    /// <summary>Whether an optimised kernel computes a request from weights of a bit each.</summary>
    public static bool ReadsBits(KernelRequest request) => Entries.Any(e => e.ReadsBits && e.Accepts(request, request.Features));

    /// <summary>The entry for a request.</summary>
    /// <exception cref="EdgeModelException">No kernel supports it.</exception>
    public static KernelEntry Select(KernelRequest request, bool referenceOnly)
    {
        foreach (KernelEntry entry in Entries)
        {
            if ((entry.IsReference || !referenceOnly) && entry.Accepts(request, request.Features))
                return entry;
        }

        string types = string.Join(", ", Enumerable.Range(0, request.InputCount).Where(request.HasInput).Select(i => $"{request.Input(i).Type} {request.Input(i).Shape}"));
        throw new EdgeModelException(ModelError.Unsupported, $"operator '{request.Node.Name}' ({request.Node.Kind}) has no kernel for inputs {types} and output {request.Output().Type}");
    }
}
