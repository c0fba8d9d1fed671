using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels.Int8.X64;

/// <summary>
/// int8 Add of two tensors of one shape in AVX-512, 16 elements a step. The factor of the input with the larger scale is 1/2, so that it is only shifted; the other input and
/// the sum are scaled by <see cref="X64FoldedScale"/>. A unit is a block of elements; what is left over after whole steps is computed one by one.
/// </summary>
internal sealed unsafe class Avx512SumKernel : Kernel
{
    private const int BlockElements = 4096;
    private const int Step = 16;

    private readonly Int8SumScaling scaling;
    private readonly Int8Sum scalar;
    private readonly int count;
    private readonly bool swapped;

    public Avx512SumKernel(KernelRequest request)
    {
        scaling = Scaling(request);
        scalar = new Int8Sum(scaling, 1);
        count = (int)request.Output().Shape.ElementCount;
        swapped = !IsHalf(scaling.First);
    }

    public static IReadOnlyList<KernelEntry> Entries { get; } =
        [new("int8.add.avx512", OperatorKind.Add, CpuFeatures.Avx512, Supports, r => new Avx512SumKernel(r))];

    public override int Units => (count + BlockElements - 1) / BlockElements;

    public override int InPlaceInput => 0;

    public override void Run(in KernelArguments arguments, int begin, int end)
    {
        sbyte* a = (sbyte*)arguments.Inputs[0], b = (sbyte*)arguments.Inputs[1], y = (sbyte*)arguments.Outputs[0];
        int i = begin * BlockElements, last = Math.Min(end * BlockElements, count);
        sbyte* half = swapped ? b : a, other = swapped ? a : b;
        (int halfZero, int otherZero) = swapped ? (scaling.SecondZeroPoint, scaling.FirstZeroPoint) : (scaling.FirstZeroPoint, scaling.SecondZeroPoint);
        (int left, QuantizedMultiplier factor) = Shifted(swapped ? scaling.First : scaling.Second);
        X64FoldedScale scale = Fold(factor, 0), output = Fold(scaling.Output, scaling.OutputZeroPoint);
        Vector512<int> zeroH = Vector512.Create(halfZero), zeroO = Vector512.Create(otherZero);
        Vector128<sbyte> low = Vector128.Create((sbyte)scaling.Low), high = Vector128.Create((sbyte)scaling.High);
        for (; i + Step <= last; i += Step)
        {
            Vector512<int> h = Avx512F.ConvertToVector512Int32(Vector128.Load(half + i)) - zeroH;
            Vector512<int> o = Avx512F.ConvertToVector512Int32(Vector128.Load(other + i)) - zeroO;
            Vector512<int> sum = (h << (Int8SumScaling.LeftShift - 1)) + scale.Apply<RoundAwayFromZero>(o << left);
            Vector128<sbyte> bytes = Avx512F.ConvertToVector128SByteWithSaturation(output.Apply<RoundAwayFromZero>(sum));
            Vector128.Store(Vector128.Min(Vector128.Max(bytes, low), high), y + i);
        }

        for (; i < last; i++)
            y[i] = scalar.Apply(a[i], b[i]);
    }

    private static bool Supports(KernelRequest r)
    {
        if (r.Input(0).Type != DataType.Int8 || r.Output().Type != DataType.Int8 || r.Input(0).Shape != r.Output().Shape || r.Input(1).Shape != r.Output().Shape)
            return false;
        Int8SumScaling s = Scaling(r);
        return (IsHalf(s.First) || IsHalf(s.Second)) && Folds(Shifted(s.First).Factor) && Folds(Shifted(s.Second).Factor) && Folds(s.Output);
    }

    private static Int8SumScaling Scaling(KernelRequest r) =>
        new(r.Input(0).Quantization!, r.Input(1).Quantization!, r.Output().Quantization!, r.Options<ActivationOptions>().Activation);

    private static bool IsHalf(QuantizedMultiplier m) => m is { Multiplier: 1 << 30, Shift: 0 };

    /// <summary>The shift of an input and its factor. 1/2, which has no right shift, becomes 1/4 of an input shifted once more: neither rounds.</summary>
    private static (int Left, QuantizedMultiplier Factor) Shifted(QuantizedMultiplier m) =>
        IsHalf(m) ? (Int8SumScaling.LeftShift + 1, new QuantizedMultiplier(m.Multiplier, -1)) : (Int8SumScaling.LeftShift, m);

    private static bool Folds(QuantizedMultiplier m) => m.Multiplier == 0 || m.Shift is < 0 and >= -X64FoldedScale.MostShift;

    private static X64FoldedScale Fold(QuantizedMultiplier m, int zeroPoint) =>
        new(Vector512.Create(m.Multiplier), Vector512.Create(m.Multiplier == 0 ? -1 : m.Shift), zeroPoint);
}
