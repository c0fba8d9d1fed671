namespace EdgeRuntime.Camera;

/// <summary>The output element for each of the 256 pixel values, per channel: normalisation and quantization cost one look-up.</summary>
internal sealed class QuantizationTables
{
    private readonly sbyte[][] int8;
    private readonly float[][] real;
    private readonly AffineCode?[] affine;

    public QuantizationTables(FrameTransform transform)
    {
        int8 = new sbyte[transform.Channels][];
        this.real = new float[transform.Channels][];
        affine = new AffineCode?[transform.Channels];
        for (int c = 0; c < transform.Channels; c++)
        {
            int8[c] = new sbyte[256];
            this.real[c] = new float[256];
            double mean = transform.Mean[transform.Mean.Count == 1 ? 0 : c], std = transform.Std[transform.Std.Count == 1 ? 0 : c];
            for (int pixel = 0; pixel < 256; pixel++)
            {
                double real = (pixel - mean) / std;
                double steps = Math.Round(real / transform.Scale, MidpointRounding.AwayFromZero) + transform.ZeroPoint;
                this.real[c][pixel] = (float)real;
                int8[c][pixel] = (sbyte)Math.Clamp(steps, -128, 127);
            }

            affine[c] = AffineCode.Find(int8[c], 1 / (std * transform.Scale));
        }
    }

    public ReadOnlySpan<sbyte> Int8(int channel) => int8[channel];

    /// <summary>The int8 table of a channel as arithmetic, where that is exact.</summary>
    public AffineCode? Affine(int channel) => affine[channel];

    public ReadOnlySpan<float> Real(int channel) => real[channel];
}
