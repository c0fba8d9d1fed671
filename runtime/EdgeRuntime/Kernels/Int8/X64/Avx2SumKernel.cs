using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels.Int8.X64;

/// <summary>
/// int8 Add of two tensors of one shape in AVX2, 8 elements a step: (x - zero point) shifted left by 20 bits and scaled for each input, then the sum scaled to the
/// output.
/// </summary>
internal sealed unsafe class Avx2SumKernel(KernelRequest request) : BlockedSumKernel(request, ScalingOf(request))
{
    private const int StepElements = 8;

    public static IReadOnlyList<KernelEntry> Entries { get; } =
        [new("int8.add.avx2", OperatorKind.Add, CpuFeatures.Avx2, Supports, r => new Avx2SumKernel(r))];

    protected override int Step => StepElements;

    protected override void Sum(sbyte* a, sbyte* b, sbyte* y, int elements)
    {
        X64Scale256 first = Broadcast(Scaling.First), second = Broadcast(Scaling.Second), output = Broadcast(Scaling.Output);
        Vector256<int> zeroA = Vector256.Create(Scaling.FirstZeroPoint), zeroB = Vector256.Create(Scaling.SecondZeroPoint), zeroY = Vector256.Create(Scaling.OutputZeroPoint);
        Vector128<sbyte> low = Vector128.Create((sbyte)Scaling.Low), high = Vector128.Create((sbyte)Scaling.High);
        for (int i = 0; i < elements; i += StepElements)
        {
            Vector256<int> sum = X64Rounding.Scale<RoundGeneral>((Avx2.ConvertToVector256Int32(a + i) - zeroA) << Int8SumScaling.LeftShift, first)
                + X64Rounding.Scale<RoundGeneral>((Avx2.ConvertToVector256Int32(b + i) - zeroB) << Int8SumScaling.LeftShift, second);
            sum = X64Rounding.Scale<RoundGeneral>(sum, output) + zeroY;
            Vector128<short> words = Sse2.PackSignedSaturate(sum.GetLower(), sum.GetUpper());
            *(long*)(y + i) = Vector128.Min(Vector128.Max(Sse2.PackSignedSaturate(words, words), low), high).AsInt64().ToScalar();
        }
    }

    private static X64Scale256 Broadcast(QuantizedMultiplier m) => new(Vector256.Create(m.Multiplier), Vector256.Create(m.Shift));
}
