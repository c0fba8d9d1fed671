using System.Runtime.Intrinsics;
using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels.Binary.Signs;

/// <summary>Packed bits to the values of +1 and -1, a vector of channels at a time: each lane keeps its own bit of a repeated word or byte and chooses by it.</summary>
internal sealed unsafe class VectorUnbinarize : Kernel
{
    private readonly int channels;
    private readonly int rows;
    private readonly int words;
    private readonly bool isInt8;
    private readonly sbyte plus;
    private readonly sbyte minus;

    public VectorUnbinarize(KernelRequest request)
    {
        channels = request.Input(0).Shape[^1];
        rows = (int)(request.Input(0).Shape.ElementCount / channels);
        words = DataTypes.WordsFor(channels);
        isInt8 = request.Output().Type == DataType.Int8;
        if (isInt8)
            (plus, minus) = (SignValues.Int8(1, request.Output().Quantization!), SignValues.Int8(-1, request.Output().Quantization!));
    }

    public override int Units => rows;

    public override void Run(in KernelArguments arguments, int begin, int end)
    {
        uint* x = (uint*)arguments.Inputs[0] + ((nint)begin * words);
        for (int r = begin; r < end; r++, x += words)
        {
            if (isInt8)
                Int8(x, (sbyte*)arguments.Outputs[0] + ((nint)r * channels));
            else
                Float32(x, (float*)arguments.Outputs[0] + ((nint)r * channels));
        }
    }

    private void Int8(uint* x, sbyte* y)
    {
        Vector128<byte> bits = Vector128.Create((byte)1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128);
        Vector128<sbyte> up = Vector128.Create(plus), down = Vector128.Create(minus);
        int c = 0;
        for (; c + 16 <= channels; c += 16)
        {
            Vector64<byte> pair = Vector64.Create(((ushort*)x)[c / 16]).AsByte();
            Vector128<byte> bytes = Vector128.Create(Vector64.Create(pair.GetElement(0)), Vector64.Create(pair.GetElement(1)));
            Vector128.ConditionalSelect(Vector128.Equals(bytes & bits, Vector128<byte>.Zero).AsSByte(), up, down).Store(y + c);
        }

        for (; c < channels; c++)
            y[c] = PackedRow.Bit(x, c) == 0 ? plus : minus;
    }

    private void Float32(uint* x, float* y)
    {
        Vector128<uint> one = Vector128.Create(1f).AsUInt32();
        Vector128<uint> shifts = Vector128.Create(1u << 31, 1u << 30, 1u << 29, 1u << 28);
        Vector128<uint> sign = Vector128.Create(1u << 31);
        int c = 0;
        for (; c + 4 <= channels; c += 4)
        {
            // Bit c + i moved to the sign of lane i: multiplied by a power of two.
            uint four = (x[c / DataTypes.BitsPerWord] >> (c % DataTypes.BitsPerWord)) & 15;
            Store(four, shifts, sign, one, y + c);
        }

        for (; c < channels; c++)
            y[c] = PackedRow.Bit(x, c) == 0 ? 1 : -1;
    }

    private static void Store(uint four, Vector128<uint> shifts, Vector128<uint> sign, Vector128<uint> one, float* y) =>
        (((Vector128.Create(four) * shifts) & sign) | one).AsSingle().Store(y);
}
