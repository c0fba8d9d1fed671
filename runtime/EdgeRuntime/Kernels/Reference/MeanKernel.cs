using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels;

/// <summary>Mean over any set of axes.</summary>
internal sealed unsafe class MeanKernel<T, TSum, TReduction> : Kernel
    where T : unmanaged
    where TSum : unmanaged
    where TReduction : struct, IWindowReduction<T, TSum>
{
    private readonly TReduction reduction;
    private readonly int[] keptDims;
    private readonly int[] keptStrides;
    private readonly int[] meanDims;
    private readonly int[] meanStrides;
    private readonly int outputs;
    private readonly int count;

    public MeanKernel(KernelRequest request, TReduction reduction)
    {
        this.reduction = reduction;
        Shape x = request.Input(0).Shape;
        int[] strides = StridedWalk.DenseStrides(x);
        bool[] averaged = new bool[x.Rank];
        foreach (int axis in request.Options<ReduceOptions>().Axes)
            averaged[axis < 0 ? axis + x.Rank : axis] = true;
        int[] dims = x.Dimensions.ToArray();
        keptDims = [.. dims.Where((_, d) => !averaged[d])];
        keptStrides = [.. strides.Where((_, d) => !averaged[d])];
        meanDims = [.. dims.Where((_, d) => averaged[d])];
        meanStrides = [.. strides.Where((_, d) => averaged[d])];
        outputs = (int)request.Output().Shape.ElementCount;
        count = (int)x.ElementCount / outputs;
    }

    public override void Run(in KernelArguments arguments, int begin, int end)
    {
        T* x = (T*)arguments.Inputs[0];
        T* y = (T*)arguments.Outputs[0];
        var kept = new StridedWalk(keptDims, keptStrides, 0);
        for (int i = 0; i < outputs; i++, kept.Next())
        {
            var walk = new StridedWalk(meanDims, meanStrides, kept.Offset);
            TSum sum = reduction.Start;
            for (int k = 0; k < count; k++, walk.Next())
                sum = reduction.Add(sum, x[walk.Offset]);
            y[i] = reduction.Finish(sum, count);
        }
    }
}

/// <summary>int8 mean of a fixed number of elements: (sum - count * zero point), brought to the output's scale by <see cref="MeanScaling"/>.</summary>
internal readonly struct Int8Mean(int inputZeroPoint, int outputZeroPoint, QuantizedMultiplier multiplier) : IWindowReduction<sbyte, int>
{
    public int Start => 0;

    public int Add(int sum, sbyte x) => sum + x;

    public sbyte Finish(int sum, int count) =>
        (sbyte)Math.Clamp(multiplier.Apply(sum - count * inputZeroPoint) + outputZeroPoint, sbyte.MinValue, sbyte.MaxValue);
}
