using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace EdgeRuntime.Kernels.Int8;

/// <summary>
/// int8 Add of two tensors of one shape in NEON, 8 elements a step: (x - zero point) shifted left by 20 bits and scaled for each input, then the sum scaled
/// to the output. A unit is a block of elements; what is left over after whole steps is computed one by one.
/// </summary>
internal sealed unsafe class NeonSumKernel : Kernel
{
    private const int BlockElements = 4096;

    private const int Step = 8;

    private readonly Int8SumScaling scaling;
    private readonly Int8Sum scalar;
    private readonly int count;

    public NeonSumKernel(KernelRequest request, Int8SumScaling scaling)
    {
        this.scaling = scaling;
        scalar = new Int8Sum(scaling, 1);
        count = (int)request.Output().Shape.ElementCount;
    }

    public override int Units => (count + BlockElements - 1) / BlockElements;

    public override int InPlaceInput => 0;

    public override void Run(in KernelArguments arguments, int begin, int end)
    {
        sbyte* a = (sbyte*)arguments.Inputs[0];
        sbyte* b = (sbyte*)arguments.Inputs[1];
        sbyte* y = (sbyte*)arguments.Outputs[0];
        int i = begin * BlockElements;
        int last = Math.Min(end * BlockElements, count);

        Vector64<sbyte> zeroA = Vector64.Create((sbyte)scaling.FirstZeroPoint);
        Vector64<sbyte> zeroB = Vector64.Create((sbyte)scaling.SecondZeroPoint);
        Vector128<int> multiplierA = Vector128.Create(scaling.First.Multiplier), shiftA = Vector128.Create(scaling.First.Shift);
        Vector128<int> multiplierB = Vector128.Create(scaling.Second.Multiplier), shiftB = Vector128.Create(scaling.Second.Shift);
        Vector128<int> multiplier = Vector128.Create(scaling.Output.Multiplier), shift = Vector128.Create(scaling.Output.Shift);
        Vector128<short> zeroY = Vector128.Create((short)scaling.OutputZeroPoint);
        Vector64<sbyte> low = Vector64.Create((sbyte)scaling.Low);
        Vector64<sbyte> high = Vector64.Create((sbyte)scaling.High);
        for (; i + Step <= last; i += Step)
        {
            Vector128<short> da = AdvSimd.SubtractWideningLower(AdvSimd.LoadVector64(a + i), zeroA);
            Vector128<short> db = AdvSimd.SubtractWideningLower(AdvSimd.LoadVector64(b + i), zeroB);
            Vector128<int> s0 = Scaled(AdvSimd.SignExtendWideningLower(da.GetLower()), multiplierA, shiftA)
                + Scaled(AdvSimd.SignExtendWideningLower(db.GetLower()), multiplierB, shiftB);
            Vector128<int> s1 = Scaled(AdvSimd.SignExtendWideningUpper(da), multiplierA, shiftA)
                + Scaled(AdvSimd.SignExtendWideningUpper(db), multiplierB, shiftB);
            Vector128<short> sum = NeonRequantization.Narrow(
                NeonRequantization.Scale<RoundGeneral>(s0, multiplier, shift),
                NeonRequantization.Scale<RoundGeneral>(s1, multiplier, shift),
                zeroY);
            AdvSimd.Store(y + i, NeonRequantization.Limit(sum, low, high));
        }

        for (; i < last; i++)
            y[i] = scalar.Apply(a[i], b[i]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Scaled(Vector128<int> x, Vector128<int> multiplier, Vector128<int> shift) =>
        NeonRequantization.Scale<RoundGeneral>(x << Int8SumScaling.LeftShift, multiplier, shift);
}
