namespace EdgeRuntime.Kernels;

/// <summary>
/// Memory that one call of a kernel works on: one pointer per operator input and output, in the operator's order (null for an absent
/// optional input), and scratch of <see cref="Kernel.ScratchBytes"/> that belongs to the calling thread for the length of the call.
/// All activations are 64-byte aligned and readable 64 bytes past their end (never written there).
/// </summary>
internal readonly unsafe struct KernelArguments(byte** inputs, byte** outputs, byte* scratch)
{
    public readonly byte** Inputs = inputs;
    public readonly byte** Outputs = outputs;
    public readonly byte* Scratch = scratch;
}

/// <summary>
/// One operator, bound: options checked, weights packed, multipliers computed. Immutable after construction, shared by all sessions of a model,
/// callable from several threads at once on different arguments or different unit ranges.
/// </summary>
internal abstract class Kernel : IDisposable
{
    /// <summary>Independent parts of the work (rows, channel blocks); 1 if it cannot be split.</summary>
    public virtual int Units => 1;

    /// <summary>Bytes of scratch that each calling thread needs.</summary>
    public virtual int ScratchBytes => 0;

    /// <summary>Bytes of packed weights and tables that the kernel holds beside the model's constants.</summary>
    public virtual long PackedBytes => 0;

    /// <summary>Index of the input that output 0 may overwrite, when the planner finds that nobody reads it later and the sizes are equal; -1 for none.</summary>
    public virtual int InPlaceInput => -1;

    /// <summary>Whether output 0 holds the same bytes as input 0 (reshapes), so that no work is needed where they share memory.</summary>
    public virtual bool IsView => false;

    /// <summary>Whether a Concat copies only those inputs that do not lie in the output already, where they belong.</summary>
    public virtual bool SkipsWhatIsInPlace => false;

    /// <summary>Computes units begin..end-1. Everything was checked before: nothing here can fail.</summary>
    public abstract void Run(in KernelArguments arguments, int begin, int end);

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
    }
}
