using System.Diagnostics;
using EdgeRuntime.Kernels;

namespace EdgeRuntime.Threading;

/// <summary>
/// The threads that a session shares a step's units with: a fixed, contiguous part for each, so that the result does not depend on timing. A worker waits for the next
/// step by spinning for a short while, then parks. The calling thread takes over parts that no worker has begun when its own is done, so that a worker that gets no
/// core costs nothing; after a step in which it had to wait long for a part that was begun, it works alone for a while (<see cref="Backoff"/>). Nothing is allocated per step.
/// </summary>
internal sealed class WorkerPool : IDisposable
{
    /// <summary>Rounds of spinning between two looks at the clock.</summary>
    private const int RoundsPerLook = 16;

    /// <summary>How long threads spin before they park: longer than most steps between two that are split.</summary>
    private static readonly long spinTicks = Stopwatch.Frequency / 20_000;

    private readonly Thread[] workers;
    private readonly SemaphoreSlim[] wake;
    private readonly int[] parked;
    private readonly int[] claimed;
    private readonly KernelArguments[] arguments;
    private readonly SemaphoreSlim done = new(0);
    private Backoff backoff;
    private Kernel? kernel;
    private int units;
    private int generation;
    private int pending;
    private bool callerParked;
    private bool stopping;

    /// <param name="threads">Threads in all, the caller's included; 2 or more.</param>
    public WorkerPool(int threads)
    {
        arguments = new KernelArguments[threads];
        wake = new SemaphoreSlim[threads - 1];
        parked = new int[threads - 1];
        claimed = new int[threads - 1];
        workers = new Thread[threads - 1];
        for (int i = 0; i < workers.Length; i++)
        {
            int index = i;
            wake[i] = new SemaphoreSlim(0);
            workers[i] = new Thread(() => Work(index)) { IsBackground = true, Name = $"EdgeRuntime worker {i + 1}" };
            workers[i].Start();
        }
    }

    /// <summary>Runs all units of a kernel, this thread's part included, and returns when all parts are done.</summary>
    /// <param name="work">The kernel.</param>
    /// <param name="count">Its units.</param>
    /// <param name="shared">Arguments of the first thread; the others differ in scratch only.</param>
    /// <param name="scratchStride">Bytes between the scratch of two threads.</param>
    public unsafe void Run(Kernel work, int count, in KernelArguments shared, long scratchStride)
    {
        long start = Stopwatch.GetTimestamp();
        if (backoff.IsActive(start))
        {
            work.Run(in shared, 0, count);
            return;
        }

        for (int t = 0; t < arguments.Length; t++)
            arguments[t] = new KernelArguments(shared.Inputs, shared.Outputs, shared.Scratch + (t * scratchStride));
        kernel = work;
        units = count;
        Volatile.Write(ref pending, workers.Length);
        int current = Interlocked.Increment(ref generation);
        for (int i = 0; i < workers.Length; i++)
        {
            if (Volatile.Read(ref parked[i]) != 0 && Interlocked.Exchange(ref parked[i], 0) != 0)
                wake[i].Release();
        }

        RunPart(0, 0);
        for (int i = 0; i < workers.Length; i++)
        {
            if (TryClaim(i, current))
            {
                RunPart(i + 1, 0);
                Interlocked.Decrement(ref pending);
            }
        }

        long own = Stopwatch.GetTimestamp();
        if (Volatile.Read(ref pending) != 0)
            WaitForParts(own);
        long end = Stopwatch.GetTimestamp();
        backoff.Note(own - start, end - own, end);
    }

    public void Dispose()
    {
        Volatile.Write(ref stopping, true);
        Interlocked.Increment(ref generation);
        foreach (SemaphoreSlim semaphore in wake)
            semaphore.Release();
        foreach (Thread worker in workers)
            worker.Join();
        foreach (SemaphoreSlim semaphore in wake)
            semaphore.Dispose();
        done.Dispose();
    }

    /// <summary>Whether the calling thread is the one that computes the part of a worker in a generation: each part is claimed once in each.</summary>
    private bool TryClaim(int worker, int current) => Interlocked.CompareExchange(ref claimed[worker], current, current - 1) == current - 1;

    private void RunPart(int part, int scratch)
    {
        int begin = (int)((long)units * part / arguments.Length);
        int end = (int)((long)units * (part + 1) / arguments.Length);
        if (begin < end)
            kernel!.Run(in arguments[scratch], begin, end);
    }

    private void Work(int index)
    {
        int seen = 0;
        while (true)
        {
            WaitForNext(index, seen);
            seen = Volatile.Read(ref generation);
            if (Volatile.Read(ref stopping))
                return;
            if (!TryClaim(index, seen))
                continue;
            RunPart(index + 1, index + 1);
            if (Interlocked.Decrement(ref pending) == 0 && Volatile.Read(ref callerParked))
                done.Release();
        }
    }

    // Parking, on both sides: announce first, look again, then sleep: what happens in between either is seen here or sees the announcement. A permit that comes
    // after the look is left over and only costs one early return of a later wait.
    private void WaitForNext(int index, int seen)
    {
        long start = Stopwatch.GetTimestamp();
        do
        {
            for (int round = 0; round < RoundsPerLook; round++)
            {
                if (Volatile.Read(ref generation) != seen)
                    return;
                Thread.SpinWait(1);
            }
        }
        while (Stopwatch.GetTimestamp() - start < spinTicks);

        while (true)
        {
            Volatile.Write(ref parked[index], 1);
            Interlocked.MemoryBarrier();
            if (Volatile.Read(ref generation) != seen)
                break;
            wake[index].Wait();
        }

        Volatile.Write(ref parked[index], 0);
    }

    private void WaitForParts(long start)
    {
        do
        {
            for (int round = 0; round < RoundsPerLook; round++)
            {
                if (Volatile.Read(ref pending) == 0)
                    return;
                Thread.SpinWait(1);
            }
        }
        while (Stopwatch.GetTimestamp() - start < spinTicks);

        Volatile.Write(ref callerParked, true);
        Interlocked.MemoryBarrier();
        while (Volatile.Read(ref pending) != 0)
            done.Wait();
        Volatile.Write(ref callerParked, false);
    }
}
