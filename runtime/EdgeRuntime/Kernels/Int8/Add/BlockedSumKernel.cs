using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels.Int8;

/// <summary>
/// int8 Add of two tensors of one shape, whatever the instruction set. A unit is a block of elements; whole steps of it are computed by vectors, what is left over one by one.
/// </summary>
internal abstract unsafe class BlockedSumKernel(KernelRequest request, Int8SumScaling scaling) : Kernel
{
    private const int BlockElements = 4096;

    private readonly Int8Sum scalar = new(scaling, 1);
    private readonly int count = (int)request.Output().Shape.ElementCount;

    public override int Units => (count + BlockElements - 1) / BlockElements;

    public override int InPlaceInput => 0;

    /// <summary>How inputs and output are scaled.</summary>
    protected Int8SumScaling Scaling { get; } = scaling;

    /// <summary>Elements of a step, a power of two.</summary>
    protected abstract int Step { get; }

    /// <summary>Whether both inputs and the output are int8 tensors of one shape.</summary>
    public static bool Supports(KernelRequest r) =>
        r.Input(0).Type == DataType.Int8 && r.Output().Type == DataType.Int8 && r.Input(0).Shape == r.Output().Shape && r.Input(1).Shape == r.Output().Shape;

    /// <summary>The scaling that a request's tensors ask for.</summary>
    public static Int8SumScaling ScalingOf(KernelRequest r) =>
        new(r.Input(0).Quantization!, r.Input(1).Quantization!, r.Output().Quantization!, r.Options<ActivationOptions>().Activation);

    public sealed override void Run(in KernelArguments arguments, int begin, int end)
    {
        int first = begin * BlockElements;
        int last = Math.Min(end * BlockElements, count);
        int whole = (last - first) & -Step;
        sbyte* a = (sbyte*)arguments.Inputs[0];
        sbyte* b = (sbyte*)arguments.Inputs[1];
        sbyte* y = (sbyte*)arguments.Outputs[0];
        if (whole != 0)
            Sum(a + first, b + first, y + first, whole);
        for (int i = first + whole; i < last; i++)
            y[i] = scalar.Apply(a[i], b[i]);
    }

    /// <summary>Adds whole steps: <paramref name="elements"/> is a multiple of <see cref="Step"/>, and not 0.</summary>
    protected abstract void Sum(sbyte* a, sbyte* b, sbyte* y, int elements);

    /// <summary>Whether a factor is exactly 1/2, so that an input is only shifted.</summary>
    protected static bool IsHalf(QuantizedMultiplier factor) => factor is { Multiplier: 1 << 30, Shift: 0 };
}
