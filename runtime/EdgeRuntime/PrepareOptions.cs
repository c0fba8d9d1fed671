using EdgeRuntime.Kernels;

namespace EdgeRuntime;

/// <summary>Choices that are made once, when a model is prepared.</summary>
public sealed record PrepareOptions
{
    /// <summary>Use only the portable reference kernels: slow, for comparison.</summary>
    public bool ReferenceKernels { get; init; }

    /// <summary>
    /// Keep every tensor of the graph as it was written: no fusion and no shared memory, so that all of them can be read after a run.
    /// </summary>
    public bool KeepIntermediates { get; init; }

    /// <summary>Features that kernels may use; what the core does not have is ignored.</summary>
    public CpuFeatures Features { get; init; } = Cpu.Features;

    /// <summary>Largest arena that may be allocated, in bytes.</summary>
    public long MaxArenaBytes { get; init; } = 1L << 30;

    /// <summary>
    /// Most bytes of weights and tables that all kernels together may pack beside the model's constants: operators that share one constant pack it once each.
    /// </summary>
    public long MaxPackedBytes { get; init; } = 1L << 30;
}
