using EdgeRuntime.Kernels;
using EdgeRuntime.Model;
using EdgeRuntime.Planning;

namespace EdgeRuntime;

/// <summary>One step of a prepared model, for tables.</summary>
/// <param name="Node">The operator.</param>
/// <param name="KernelName">The kernel that was chosen for it.</param>
/// <param name="PackedBytes">Packed weights and tables that the kernel holds beside the model's constants.</param>
public sealed record PlanStep(Node Node, string KernelName, long PackedBytes);

/// <summary>
/// A model that was checked, fused, planned and bound to kernels. Immutable and safe to share: create one <see cref="Session"/> per thread.
/// Everything that can fail has failed before it exists. What its sessions use is freed when it and they are disposed, in whatever order.
/// </summary>
public sealed class PreparedModel : IDisposable
{
    private readonly ConstantStore constants;
    private readonly Kernel[] kernels;
    private readonly Lock users = new();
    private int sessions;
    private bool disposed;

    internal PreparedModel(EdgeModel model, PrepareOptions options)
    {
        Model = model;
        Options = options;
        GraphStructure.Check(model.Graph);
        OperatorChecks.Check(model.Graph);
        Graph unpacked = SignWeights.Unpack(model.Graph, options.ReferenceKernels ? CpuFeatures.None : options.Features & Cpu.Features);
        Graph = options.KeepIntermediates ? unpacked : GraphFusion.Fuse(unpacked);
        constants = new ConstantStore(Graph);
        kernels = new Kernel[Graph.Nodes.Count];
        try
        {
            var steps = new PlanStep[kernels.Length];
            long packed = 0;
            for (int i = 0; i < kernels.Length; i++)
            {
                var request = new KernelRequest(Graph, Graph.Nodes[i], options.Features & Cpu.Features, constants);
                KernelEntry entry = KernelTable.Select(request, options.ReferenceKernels);
                if (!options.ReferenceKernels)
                    CheckPacked(packed + MostPacked(Graph.Nodes[i]), options.MaxPackedBytes);
                kernels[i] = entry.Create(request);
                packed += kernels[i].PackedBytes;
                CheckPacked(packed, options.MaxPackedBytes);
                steps[i] = new PlanStep(Graph.Nodes[i], entry.Name, kernels[i].PackedBytes);
            }

            Steps = steps;
            (ArenaSlots, long activations) = new ArenaPlanner(Graph, kernels, share: !options.KeepIntermediates).Plan();
            ScratchBytes = kernels.Length == 0 ? 0 : kernels.Max(k => k.ScratchBytes);
            ActivationBytes = activations;
            if (ArenaBytes > options.MaxArenaBytes)
                throw new EdgeModelException(ModelError.TooLarge, $"the network needs {ArenaBytes} bytes of working memory; the limit is {options.MaxArenaBytes}");
        }
        catch
        {
            Free();
            throw;
        }
    }

    /// <summary>The model that was prepared.</summary>
    public EdgeModel Model { get; }

    /// <summary>The options it was prepared with.</summary>
    public PrepareOptions Options { get; }

    /// <summary>The graph that runs: the model's, after fusion.</summary>
    public Graph Graph { get; }

    /// <summary>The steps in order, one per operator of <see cref="Graph"/>.</summary>
    public IReadOnlyList<PlanStep> Steps { get; }

    /// <summary>Where each activation lies in a session's arena.</summary>
    public IReadOnlyList<ArenaSlot> ArenaSlots { get; }

    /// <summary>Bytes of a single-threaded session's arena: activations and scratch.</summary>
    public long ArenaBytes => ActivationBytes + ScratchBytes;

    /// <summary>Bytes of the activations in the arena.</summary>
    public long ActivationBytes { get; }

    /// <summary>Bytes of scratch for each thread.</summary>
    public long ScratchBytes { get; }

    /// <summary>Bytes of packed weights and tables of all kernels.</summary>
    public long PackedBytes => kernels.Sum(k => k.PackedBytes);

    internal ReadOnlySpan<Kernel> Kernels => kernels;

    /// <summary>A session with an arena of its own.</summary>
    /// <param name="measure">Take the time of every step (<see cref="Session.StepTicks"/>).</param>
    /// <param name="threads">
    /// Threads that share the work of large steps, 1..<see cref="Session.MaxThreads"/>: the caller's and threads - 1 more that the session keeps. The result is the same for every number.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">The number of threads is outside its limits.</exception>
    /// <exception cref="ObjectDisposedException">The model was disposed.</exception>
    public Session CreateSession(bool measure = false, int threads = 1)
    {
        lock (users)
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            var session = new Session(this, measure, threads);
            sessions++;
            return session;
        }
    }

    /// <summary>Ends the creation of sessions. Packed weights are freed at once, or with the last session that still uses them.</summary>
    public void Dispose()
    {
        lock (users)
        {
            if (disposed)
                return;
            disposed = true;
            if (sessions == 0)
                Free();
        }
    }

    /// <summary>Called once by each session when it is disposed.</summary>
    internal void Release()
    {
        lock (users)
        {
            sessions--;
            if (disposed && sessions == 0)
                Free();
        }
    }

    private void Free()
    {
        foreach (Kernel? kernel in kernels)
            kernel?.Dispose();
        constants.Dispose();
    }

    /// <summary>Refuses an operator before it packs what would not be allowed.</summary>
    private static void CheckPacked(long bytes, long limit)
    {
        if (bytes > limit)
            throw new EdgeModelException(ModelError.TooLarge, $"the kernels need {bytes} bytes for packed weights; the limit is {limit}");
    }

    /// <summary>Bytes that the constants of an operator can become when a kernel packs them: its output channels are rounded up to 8 or 16.</summary>
    private long MostPacked(Node node)
    {
        Shape y = Graph.Tensors[node.Outputs[0]].Shape;
        int channels = y.Rank == 0 ? 1 : y[^1];
        int panel = channels <= 8 ? 8 : 16;
        long constants = node.Inputs.Where(t => t >= 0 && Graph.Tensors[t].IsConstant).Sum(t => Graph.Tensors[t].ByteSize);
        return node.Kind is OperatorKind.Conv2D or OperatorKind.FullyConnected && channels < panel ? constants / channels * panel : constants;
    }

    internal unsafe byte* ConstantAddress(int tensor) => constants.Address(tensor);
}
