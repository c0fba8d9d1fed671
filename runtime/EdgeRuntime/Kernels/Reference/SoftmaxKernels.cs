using System.Numerics;
using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels;

/// <summary>float32 softmax over the last dimension: e^(beta (x - max)) / sum.</summary>
internal sealed unsafe class Float32SoftmaxKernel(KernelRequest request) : Kernel
{
    private readonly int depth = request.Input(0).Shape[^1];
    private readonly int rows = (int)(request.Input(0).Shape.ElementCount / request.Input(0).Shape[^1]);
    private readonly float beta = request.Options<SoftmaxOptions>().Beta;

    public override int InPlaceInput => 0;

    public override void Run(in KernelArguments arguments, int begin, int end)
    {
        float* x = (float*)arguments.Inputs[0];
        float* y = (float*)arguments.Outputs[0];
        for (int r = 0; r < rows; r++, x += depth, y += depth)
        {
            float max = float.NegativeInfinity;
            for (int c = 0; c < depth; c++)
                max = MathF.Max(max, x[c]);
            float sum = 0;
            for (int c = 0; c < depth; c++)
            {
                y[c] = MathF.Exp((x[c] - max) * beta);
                sum += y[c];
            }

            for (int c = 0; c < depth; c++)
                y[c] /= sum;
        }
    }
}

/// <summary>
/// int8 softmax over the last dimension in fixed point: differences to the row's maximum in Q5.26, their exponentials in Q0.31, the sum in Q12.19,
/// its reciprocal by Newton steps. The output has scale 1/256 and zero point -128.
/// </summary>
internal sealed unsafe class Int8SoftmaxKernel : Kernel
{
    /// <summary>Most elements of a row: each may add 1.0 to the sum in Q12.19.</summary>
    public const int MaxDepth = 4095;

    private const int IntegerBits = 5;
    private const int SumIntegerBits = 12;

    private readonly int depth;
    private readonly int rows;
    private readonly int[] exponentials = new int[256];

    public Int8SoftmaxKernel(KernelRequest request)
    {
        Shape x = request.Input(0).Shape;
        depth = x[^1];
        rows = (int)(x.ElementCount / depth);

        // Differences are integers in -255..0: each has its exponential in a table, 0 where the difference is beyond -31 in Q5.26.
        QuantizedMultiplier scale = QuantizedMultiplier.Of(Math.Min(InputFactor(request.Options<SoftmaxOptions>(), request.Input(0).Quantization!), (1L << 31) - 1.0));
        int least = -(int)Math.Floor(((1 << IntegerBits) - 1) * (double)(1L << (31 - IntegerBits)) / (1L << scale.Shift));
        for (int d = 0; d < exponentials.Length; d++)
        {
            exponentials[d] = -d < least
                ? 0
                : FixedPointFunctions.ExpOfNegative(FixedPoint.DoublingHighMultiply(-d << scale.Shift, scale.Multiplier), IntegerBits);
        }
    }

    public override int InPlaceInput => 0;

    /// <summary>Factor from input differences to Q5.26; must exceed 1.</summary>
    public static double InputFactor(SoftmaxOptions options, Quantization input) => (double)options.Beta * input.Scale * (1 << (31 - IntegerBits));

    public override void Run(in KernelArguments arguments, int begin, int end)
    {
        sbyte* x = (sbyte*)arguments.Inputs[0];
        sbyte* y = (sbyte*)arguments.Outputs[0];
        for (int r = 0; r < rows; r++, x += depth, y += depth)
        {
            int max = sbyte.MinValue;
            for (int c = 0; c < depth; c++)
                max = Math.Max(max, x[c]);
            int sum = 0;
            for (int c = 0; c < depth; c++)
                sum += FixedPoint.RoundingDivide(exponentials[max - x[c]], SumIntegerBits);

            int headroom = BitOperations.LeadingZeroCount((uint)sum);
            int reciprocal = FixedPointFunctions.ReciprocalOfOnePlus((int)(((uint)sum << headroom) - (1u << 31)));

            // Where the sum reaches 512, every quotient is below half an output step.
            int exponent = SumIntegerBits - headroom + 31 - 8;
            for (int c = 0; c < depth; c++)
            {
                int q = exponent > 31 ? 0 : FixedPoint.RoundingDivide(FixedPoint.DoublingHighMultiply(reciprocal, exponentials[max - x[c]]), exponent);
                y[c] = (sbyte)Math.Clamp(q + sbyte.MinValue, sbyte.MinValue, sbyte.MaxValue);
            }
        }
    }
}
