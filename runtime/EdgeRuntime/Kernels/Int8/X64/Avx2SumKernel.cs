using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels.Int8.X64;

/// <summary>
/// int8 Add of two tensors of one shape in AVX2, 8 elements a step: (x - zero point) shifted left by 20 bits and scaled for each input, then the sum scaled to the
/// output. A unit is a block of elements; what is left over after whole steps is computed one by one.
/// </summary>
internal sealed unsafe class Avx2SumKernel : Kernel
{
    private const int BlockElements = 4096;
    private const int Step = 8;

    private readonly Int8SumScaling scaling;
    private readonly Int8Sum scalar;
    private readonly int count;

    public Avx2SumKernel(KernelRequest request)
    {
        scaling = new Int8SumScaling(
            request.Input(0).Quantization!, request.Input(1).Quantization!, request.Output().Quantization!, request.Options<ActivationOptions>().Activation);
        scalar = new Int8Sum(scaling, 1);
        count = (int)request.Output().Shape.ElementCount;
    }

    public static IReadOnlyList<KernelEntry> Entries { get; } =
        [new("int8.add.avx2", OperatorKind.Add, CpuFeatures.Avx2, Supports, r => new Avx2SumKernel(r))];

    public override int Units => (count + BlockElements - 1) / BlockElements;

    public override int InPlaceInput => 0;

    public override void Run(in KernelArguments arguments, int begin, int end)
    {
        sbyte* a = (sbyte*)arguments.Inputs[0], b = (sbyte*)arguments.Inputs[1], y = (sbyte*)arguments.Outputs[0];
        int i = begin * BlockElements, last = Math.Min(end * BlockElements, count);
        X64Scale256 first = Broadcast(scaling.First), second = Broadcast(scaling.Second), output = Broadcast(scaling.Output);
        Vector256<int> zeroA = Vector256.Create(scaling.FirstZeroPoint), zeroB = Vector256.Create(scaling.SecondZeroPoint), zeroY = Vector256.Create(scaling.OutputZeroPoint);
        Vector128<sbyte> low = Vector128.Create((sbyte)scaling.Low), high = Vector128.Create((sbyte)scaling.High);
        for (; i + Step <= last; i += Step)
        {
            Vector256<int> sum = X64Rounding.Scale<RoundGeneral>((Avx2.ConvertToVector256Int32(a + i) - zeroA) << Int8SumScaling.LeftShift, first)
                + X64Rounding.Scale<RoundGeneral>((Avx2.ConvertToVector256Int32(b + i) - zeroB) << Int8SumScaling.LeftShift, second);
            sum = X64Rounding.Scale<RoundGeneral>(sum, output) + zeroY;
            Vector128<short> words = Sse2.PackSignedSaturate(sum.GetLower(), sum.GetUpper());
            *(long*)(y + i) = Vector128.Min(Vector128.Max(Sse2.PackSignedSaturate(words, words), low), high).AsInt64().ToScalar();
        }

        for (; i < last; i++)
            y[i] = scalar.Apply(a[i], b[i]);
    }

    private static bool Supports(KernelRequest r) =>
        r.Input(0).Type == DataType.Int8 && r.Output().Type == DataType.Int8 && r.Input(0).Shape == r.Output().Shape && r.Input(1).Shape == r.Output().Shape;

    private static X64Scale256 Broadcast(QuantizedMultiplier m) => new(Vector256.Create(m.Multiplier), Vector256.Create(m.Shift));
}
