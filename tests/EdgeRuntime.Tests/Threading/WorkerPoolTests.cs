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
