using EdgeRuntime.Kernels;

namespace EdgeRuntime.Threading;

/// <summary>
/// The threads that a session shares a step's units with: a fixed, contiguous part for each, so that the result and the order of work do not depend on timing. A worker
/// waits for the next step by spinning for a short while, then parks. Nothing is allocated per step.
/// </summary>
internal sealed class WorkerPool : IDisposable
{
    /// <summary>Rounds of spinning before a worker parks: some tens of microseconds, longer than most steps between two that are split.</summary>
    private const int SpinRounds = 2000;

    private readonly Thread[] workers;
    private readonly SemaphoreSlim[] wake;
    private readonly bool[] parked;
    private readonly KernelArguments[] arguments;
    private Kernel? kernel;
    private int units;
    private int generation;
    private int pending;
    private bool stopping;

    /// <param name="threads">Threads in all, the caller's included; 2 or more.</param>
    public WorkerPool(int threads)
    {
        arguments = new KernelArguments[threads];
        wake = new SemaphoreSlim[threads - 1];
        parked = new bool[threads - 1];
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
        for (int t = 0; t < arguments.Length; t++)
            arguments[t] = new KernelArguments(shared.Inputs, shared.Outputs, shared.Scratch + (t * scratchStride));
        kernel = work;
        units = count;
        Volatile.Write(ref pending, workers.Length);
        Interlocked.Increment(ref generation);
        for (int i = 0; i < workers.Length; i++)
        {
            if (Volatile.Read(ref parked[i]))
                wake[i].Release();
        }

        RunPart(0);
        var spin = default(SpinWait);
        while (Volatile.Read(ref pending) != 0)
            spin.SpinOnce(sleep1Threshold: -1);
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
    }

    private void RunPart(int thread)
    {
        int begin = (int)((long)units * thread / arguments.Length);
        int end = (int)((long)units * (thread + 1) / arguments.Length);
        if (begin < end)
            kernel!.Run(in arguments[thread], begin, end);
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
            RunPart(index + 1);
            Interlocked.Decrement(ref pending);
        }
    }

    private void WaitForNext(int index, int seen)
    {
        for (int round = 0; round < SpinRounds; round++)
        {
            if (Volatile.Read(ref generation) != seen)
                return;
            Thread.SpinWait(20);
        }

        // Announce first, look again, then sleep: a step that begins in between either is seen here or sees the announcement. A permit that comes
        // after the look is left over and only costs one early return of a later wait.
        Volatile.Write(ref parked[index], true);
        Interlocked.MemoryBarrier();
        while (Volatile.Read(ref generation) == seen)
            wake[index].Wait();
        Volatile.Write(ref parked[index], false);
    }
}
