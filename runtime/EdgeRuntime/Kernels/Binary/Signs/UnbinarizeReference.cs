using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels.Binary.Signs;

/// <summary>Packed bits to the two values that stand for +1 and -1 in the output.</summary>
internal sealed unsafe class UnbinarizeReference<T>(KernelRequest request, T plus, T minus) : Kernel
    where T : unmanaged
{
    private readonly int channels = request.Input(0).Shape[^1];
    private readonly int rows = (int)(request.Input(0).Shape.ElementCount / request.Input(0).Shape[^1]);

    public override void Run(in KernelArguments arguments, int begin, int end)
    {
        uint* x = (uint*)arguments.Inputs[0];
        T* y = (T*)arguments.Outputs[0];
        for (int r = 0; r < rows; r++, x += DataTypes.WordsFor(channels))
        {
            for (int c = 0; c < channels; c++)
                *y++ = PackedRow.Bit(x, c) == 0 ? plus : minus;
        }
    }
}

/// <summary>The values that +1 and -1 have in the output of Unbinarize.</summary>
internal static class SignValues
{
    /// <summary>+1 or -1 in an int8 quantization: rounded to the nearest step, halves away from zero, saturated.</summary>
    public static sbyte Int8(int sign, Model.Quantization q) =>
        (sbyte)Math.Clamp(Math.Round(sign / (double)q.Scale, MidpointRounding.AwayFromZero) + q.ZeroPoint, sbyte.MinValue, sbyte.MaxValue);
}
