using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels.Int8.X64;

/// <summary>
/// int8 Add of two tensors of one shape in AVX-512, 16 elements a step. The factor of the input with the larger scale is 1/2, so that it is only shifted; the other input and
/// the sum are scaled by <see cref="X64FoldedScale"/>.
/// </summary>
internal sealed unsafe class Avx512SumKernel(KernelRequest request) : BlockedSumKernel(request, ScalingOf(request))
{
    private const int StepElements = 16;

    public static IReadOnlyList<KernelEntry> Entries { get; } =
        [new("int8.add.avx512", OperatorKind.Add, CpuFeatures.Avx512, Folds, r => new Avx512SumKernel(r))];

    protected override int Step => StepElements;

    protected override void Sum(sbyte* a, sbyte* b, sbyte* y, int elements)
    {
        bool swapped = !IsHalf(Scaling.First);
        sbyte* half = swapped ? b : a, other = swapped ? a : b;
        (int halfZero, int otherZero) = swapped ? (Scaling.SecondZeroPoint, Scaling.FirstZeroPoint) : (Scaling.FirstZeroPoint, Scaling.SecondZeroPoint);
        (int left, QuantizedMultiplier factor) = Shifted(swapped ? Scaling.First : Scaling.Second);
        X64FoldedScale scale = Fold(factor, 0), output = Fold(Scaling.Output, Scaling.OutputZeroPoint);
        Vector512<int> zeroH = Vector512.Create(halfZero), zeroO = Vector512.Create(otherZero);
        Vector128<sbyte> low = Vector128.Create((sbyte)Scaling.Low), high = Vector128.Create((sbyte)Scaling.High);
        for (int i = 0; i < elements; i += StepElements)
        {
            Vector512<int> h = Avx512F.ConvertToVector512Int32(Vector128.Load(half + i)) - zeroH;
            Vector512<int> o = Avx512F.ConvertToVector512Int32(Vector128.Load(other + i)) - zeroO;
            Vector512<int> sum = (h << (Int8SumScaling.LeftShift - 1)) + scale.Apply<RoundAwayFromZero>(o << left);
            Vector128<sbyte> bytes = Avx512F.ConvertToVector128SByteWithSaturation(output.Apply<RoundAwayFromZero>(sum));
            Vector128.Store(Vector128.Min(Vector128.Max(bytes, low), high), y + i);
        }
    }

    /// <summary>Whether the kernel can do it: one factor is 1/2, and the others have a folded form.</summary>
    private static bool Folds(KernelRequest r)
    {
        if (!Supports(r))
            return false;
        Int8SumScaling s = ScalingOf(r);
        return (IsHalf(s.First) || IsHalf(s.Second)) && Folds(Shifted(s.First).Factor) && Folds(Shifted(s.Second).Factor) && Folds(s.Output);
    }

    /// <summary>The shift of an input and its factor. 1/2, which has no right shift, becomes 1/4 of an input shifted once more: neither rounds.</summary>
    private static (int Left, QuantizedMultiplier Factor) Shifted(QuantizedMultiplier m) =>
        IsHalf(m) ? (Int8SumScaling.LeftShift + 1, new QuantizedMultiplier(m.Multiplier, -1)) : (Int8SumScaling.LeftShift, m);

    private static bool Folds(QuantizedMultiplier m) => m.Multiplier == 0 || m.Shift is < 0 and >= -X64FoldedScale.MostShift;

    private static X64FoldedScale Fold(QuantizedMultiplier m, int zeroPoint) =>
        new(Vector512.Create(m.Multiplier), Vector512.Create(m.Multiplier == 0 ? -1 : m.Shift), zeroPoint);
}
