using EdgeRuntime.Kernels;
using EdgeRuntime.Threading;

namespace EdgeRuntime.Tests.Threading;

public class WorkerPoolTests
{
    [Theory]
    [InlineData(2, 1)]
    [InlineData(2, 7)]
    [InlineData(3, 100)]
    [InlineData(5, 4)]
    public unsafe void Every_unit_is_computed_once_with_scratch_of_its_own(int threads, int units)
    {
        using var kernel = new CountingKernel(units);
        using var pool = new WorkerPool(threads);
        using var scratch = new NativeBuffer(threads * 64);
        for (int run = 0; run < 500; run++)
        {
            // Now and then long enough for the workers to park.
            if (run % 100 == 99)
                Thread.Sleep(20);
            pool.Run(kernel, units, new KernelArguments(null, null, scratch.Pointer), 64);
            Assert.All(kernel.Counts, c => Assert.Equal(run + 1, c));
        }

        Assert.InRange(kernel.ScratchSeen.Count, 1, threads);
        Assert.Equal(0, kernel.Collisions);
    }

    [Fact]
    public unsafe void A_run_allocates_nothing()
    {
        using var kernel = new CountingKernel(8) { Watch = false };
        using var pool = new WorkerPool(2);
        pool.Run(kernel, 8, default, 0);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int run = 0; run < 100; run++)
            pool.Run(kernel, 8, default, 0);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    /// <summary>On a busy machine the system stops workers in the middle of their part; threads must not be slower than one for it.</summary>
    [Fact]
    public void A_worker_that_is_held_up_again_and_again_is_left_out()
    {
        using var kernel = new SlowWorkerKernel();
        using var pool = new WorkerPool(2);
        for (int run = 0; run < 3000; run++)
            pool.Run(kernel, 2, default, 0);
        Assert.Equal(6000, kernel.Units0 + kernel.Units1);
        Assert.InRange(kernel.HeldUp, 0, 300);
    }

    private sealed class SlowWorkerKernel : Kernel
    {
        private readonly Thread caller = Thread.CurrentThread;
        private int units0;
        private int units1;

        public int Units0 => units0;

        public int Units1 => units1;

        public int HeldUp { get; private set; }

        public override int Units => 2;

        public override void Run(in KernelArguments arguments, int begin, int end)
        {
            Interlocked.Add(ref units0, begin == 0 ? 1 : 0);
            Interlocked.Add(ref units1, end == 2 ? 1 : 0);
            if (Thread.CurrentThread == caller)
                return;
            HeldUp++;
            Thread.Sleep(2);
        }
    }

    private sealed unsafe class CountingKernel(int units) : Kernel
    {
        private readonly HashSet<nint> active = [];

        public int[] Counts { get; } = new int[units];

        public HashSet<nint> ScratchSeen { get; } = [];

        public int Collisions { get; private set; }

        public bool Watch { get; init; } = true;

        public override int Units => units;

        public override void Run(in KernelArguments arguments, int begin, int end)
        {
            nint scratch = (nint)arguments.Scratch;
            if (Watch)
            {
                lock (active)
                {
                    ScratchSeen.Add(scratch);
                    Collisions += active.Add(scratch) ? 0 : 1;
                }
            }

            for (int i = begin; i < end; i++)
                Interlocked.Increment(ref Counts[i]);
            if (!Watch)
                return;
            lock (active)
                active.Remove(scratch);
        }
    }
}
