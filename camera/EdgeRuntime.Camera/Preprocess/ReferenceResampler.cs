namespace EdgeRuntime.Camera;

/// <summary>
/// The meaning of the conversion, pixel by pixel, for every optimised resampler to be compared with. Frames are resampled in their own
/// components and converted to RGB afterwards, so that only the target's pixels pay for the conversion:
/// <list type="number">
/// <item>vertical: sum of 8-bit weights times bytes, exact in 16 bits;</item>
/// <item>horizontal: sum of 14-bit weights times those, rounded to 6 fraction bits, halves up;</item>
/// <item>colour: see <see cref="ColourMatrix"/>, rounded to a whole number, halves up, and clamped to 0..255.</item>
/// </list>
/// </summary>
internal sealed class ReferenceResampler(ResamplePlan plan) : IRowResampler
{
    private const int HorizontalShift = ResampleAxis.VerticalBits + ResampleAxis.HorizontalBits - ColourMatrix.SampleBits;

    public void ComputeRow(ReadOnlySpan<byte> pixels, int row, Span<byte> channels)
    {
        int width = plan.Placement.Width;
        ColourMatrix matrix = plan.Matrix;
        Span<int> samples = stackalloc int[3];
        for (int x = 0; x < width; x++)
        {
            for (int k = 0; k < matrix.Inputs; k++)
                samples[k] = Sample(pixels, k, row, x);
            for (int c = 0; c < matrix.Outputs; c++)
            {
                int sum = matrix.Bias[c];
                for (int k = 0; k < matrix.Inputs; k++)
                    sum += matrix.Coefficients[c, k] * samples[k];
                channels[(c * plan.ChannelStride) + x] = (byte)Math.Clamp(sum >> (ColourMatrix.SampleBits + ColourMatrix.CoefficientBits), 0, 255);
            }
        }
    }

    private int Sample(ReadOnlySpan<byte> pixels, int component, int row, int column)
    {
        SampleLayout layout = plan.Components[component];
        ResampleAxis vertical = plan.Vertical[component], horizontal = plan.Horizontal[component];
        ReadOnlySpan<ushort> down = vertical.Weights(row), across = horizontal.Weights(column);
        int sum = 0;
        for (int i = 0; i < across.Length; i++)
        {
            int blended = 0;
            int offset = layout.PlaneOffset + (vertical.First[row] * layout.Stride) + ((horizontal.First[column] + i) * layout.Step) + layout.Offset;
            for (int j = 0; j < down.Length; j++)
                blended += down[j] * pixels[offset + (j * layout.Stride)];
            sum += across[i] * blended;
        }

        return (sum + (1 << (HorizontalShift - 1))) >> HorizontalShift;
    }
}
