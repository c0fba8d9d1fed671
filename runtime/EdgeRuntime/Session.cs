using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using EdgeRuntime.Kernels;
using EdgeRuntime.Model;
using EdgeRuntime.Planning;
using EdgeRuntime.Threading;

namespace EdgeRuntime;

/// <summary>
/// Runs a prepared model: write the inputs, call <see cref="Run"/>, read the outputs. Several sessions may share one prepared model. A session belongs to one
/// thread at a time; a second thread that enters <see cref="Run"/> meanwhile gets an <see cref="InvalidOperationException"/>. Nothing is allocated by a run.
/// </summary>
public sealed unsafe class Session : IDisposable
{
    private readonly PreparedModel prepared;
    private readonly NativeBuffer arena;
    private readonly NativeBuffer pointers;
    private readonly Kernel[] kernels;
    private readonly int[] units;
    private readonly bool[] split;
    private readonly KernelArguments[] arguments;
    private readonly nint[] addresses;
    private readonly long[]? ticks;
    private readonly WorkerPool? pool;
    private readonly long scratchStride;
    private int running;

    /// <summary>Most threads of a session.</summary>
    public const int MaxThreads = 64;

    internal Session(PreparedModel prepared, bool measure, int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(threads, MaxThreads);
        this.prepared = prepared;
        Graph graph = prepared.Graph;
        kernels = prepared.Kernels.ToArray();
        units = new int[kernels.Length];
        split = new bool[kernels.Length];
        arguments = new KernelArguments[kernels.Length];
        ticks = measure ? new long[kernels.Length] : null;
        arena = new NativeBuffer(prepared.ActivationBytes + (threads * ScratchStride(prepared)));
        byte* scratch = arena.Pointer + prepared.ActivationBytes;

        addresses = new nint[graph.Tensors.Count];
        foreach (ArenaSlot slot in prepared.ArenaSlots)
            addresses[slot.Tensor] = (nint)(arena.Pointer + slot.Offset);
        for (int t = 0; t < addresses.Length; t++)
        {
            if (graph.Tensors[t].IsConstant)
                addresses[t] = (nint)prepared.ConstantAddress(t);
        }

        int count = graph.Nodes.Sum(n => n.Inputs.Count + n.Outputs.Count);
        pointers = new NativeBuffer((long)count * sizeof(byte*));
        byte** next = (byte**)pointers.Pointer;
        for (int i = 0; i < kernels.Length; i++)
        {
            Node node = graph.Nodes[i];
            byte** inputs = next;
            foreach (int t in node.Inputs)
                *next++ = t < 0 ? null : (byte*)addresses[t];
            byte** outputs = next;
            foreach (int t in node.Outputs)
                *next++ = (byte*)addresses[t];
            bool nothingToDo = kernels[i].IsView && inputs[0] == outputs[0];
            units[i] = nothingToDo ? 0 : kernels[i].Units;
            split[i] = threads > 1 && units[i] > 1 && WorkEstimate.Of(graph, node) >= WorkEstimate.WorthSplitting;
            arguments[i] = new KernelArguments(inputs, outputs, scratch);
        }

        scratchStride = ScratchStride(prepared);
        if (split.Contains(true))
            pool = new WorkerPool(threads);
    }

    /// <summary>The model that this session runs.</summary>
    public PreparedModel Prepared => prepared;

    /// <summary>Time spent in each step since the session was created, in <see cref="Stopwatch"/> ticks; empty unless it was created to measure.</summary>
    public ReadOnlySpan<long> StepTicks => ticks;

    /// <summary>
    /// Elements of an input, to be written before every run: a run may reuse its memory. Packed tensors (<see cref="DataType.Bit"/>) are read as uint or byte.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such input.</exception>
    /// <exception cref="ArgumentException">The input's elements are not of type <typeparamref name="T"/> (byte fits all).</exception>
    public Span<T> Input<T>(int index = 0)
        where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, prepared.Graph.Inputs.Count);
        return View<T>(prepared.Graph.Inputs[index]);
    }

    /// <summary>Elements of an output, valid until the next run.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such output.</exception>
    /// <exception cref="ArgumentException">The output's elements are not of type <typeparamref name="T"/> (byte fits all).</exception>
    public ReadOnlySpan<T> Output<T>(int index = 0)
        where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, prepared.Graph.Outputs.Count);
        return View<T>(prepared.Graph.Outputs[index]);
    }

    /// <summary>Bytes of any tensor after a run; the model must have been prepared with <see cref="PrepareOptions.KeepIntermediates"/>.</summary>
    /// <exception cref="InvalidOperationException">Intermediate tensors were not kept.</exception>
    public ReadOnlySpan<byte> Tensor(int tensor)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(tensor);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(tensor, addresses.Length);
        if (!prepared.Options.KeepIntermediates)
            throw new InvalidOperationException("intermediate tensors share memory; prepare the model with KeepIntermediates to read them");
        return View<byte>(tensor);
    }

    /// <summary>Computes the outputs from the inputs.</summary>
    /// <exception cref="InvalidOperationException">Another thread is inside this session's run.</exception>
    /// <exception cref="ObjectDisposedException">The session was disposed.</exception>
    [MethodImpl(MethodImplOptions.NoInlining)] // profilers and the cost model find a run by this function's name
    public void Run()
    {
        ObjectDisposedException.ThrowIf(arena.IsClosed, this);
        if (Interlocked.Exchange(ref running, 1) != 0)
            throw new InvalidOperationException("this session is running on another thread; create one session per thread");
        try
        {
            if (ticks is null)
            {
                for (int i = 0; i < kernels.Length; i++)
                    RunStep(i);
            }
            else
            {
                RunMeasured(ticks);
            }
        }
        finally
        {
            Volatile.Write(ref running, 0);
        }
    }

    /// <summary>Ends the session's threads and frees its arena: what <see cref="Input"/> and <see cref="Output"/> gave must not be touched any more.</summary>
    /// <exception cref="InvalidOperationException">Another thread is inside this session's run.</exception>
    public void Dispose()
    {
        if (arena.IsClosed)
            return;
        if (Interlocked.Exchange(ref running, 1) != 0)
            throw new InvalidOperationException("this session is running on another thread; dispose it when its run has ended");
        pool?.Dispose();
        arena.Dispose();
        pointers.Dispose();
        prepared.Release();
    }

    /// <summary>Bytes between the scratch of two threads: no cache line belongs to both.</summary>
    private static long ScratchStride(PreparedModel prepared) => (prepared.ScratchBytes + NativeBuffer.Alignment - 1) & ~(NativeBuffer.Alignment - 1L);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void RunStep(int step)
    {
        if (split[step])
            pool!.Run(kernels[step], units[step], in arguments[step], scratchStride);
        else if (units[step] > 0)
            kernels[step].Run(in arguments[step], 0, units[step]);
    }

    private void RunMeasured(long[] total)
    {
        long before = Stopwatch.GetTimestamp();
        for (int i = 0; i < kernels.Length; i++)
        {
            RunStep(i);
            long after = Stopwatch.GetTimestamp();
            total[i] += after - before;
            before = after;
        }
    }

    private Span<T> View<T>(int tensor)
        where T : unmanaged
    {
        ObjectDisposedException.ThrowIf(arena.IsClosed, this);
        TensorInfo info = prepared.Graph.Tensors[tensor];
        bool fits = typeof(T) == typeof(byte) || info.Type switch
        {
            DataType.Float32 => typeof(T) == typeof(float),
            DataType.Int8 => typeof(T) == typeof(sbyte),
            DataType.Int32 => typeof(T) == typeof(int),
            DataType.Bit => typeof(T) == typeof(uint),
            _ => false,
        };
        if (!fits)
            throw new ArgumentException($"tensor '{info.Name}' holds {info.Type}, not {typeof(T).Name}");
        return MemoryMarshal.Cast<byte, T>(new Span<byte>((void*)addresses[tensor], (int)info.ByteSize));
    }
}
