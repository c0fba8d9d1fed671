namespace EdgeRuntime.Camera;

/// <summary>The output element for each of the 256 pixel values, per channel: normalisation and quantization cost one look-up.</summary>
internal sealed class QuantizationTables
{
    private readonly sbyte[][] _int8;
    private readonly float[][] _real;
    private readonly AffineCode?[] _affine;

    public QuantizationTables(FrameTransform transform)
    {
        _int8 = new sbyte[transform.Channels][];
        _real = new float[transform.Channels][];
        _affine = new AffineCode?[transform.Channels];
        for (int c = 0; c < transform.Channels; c++)
        {
            _int8[c] = new sbyte[256];
            _real[c] = new float[256];
            double mean = transform.Mean[transform.Mean.Count == 1 ? 0 : c], std = transform.Std[transform.Std.Count == 1 ? 0 : c];
            for (int pixel = 0; pixel < 256; pixel++)
            {
                double real = (pixel - mean) / std;
                double steps = Math.Round(real / transform.Scale, MidpointRounding.AwayFromZero) + transform.ZeroPoint;
                _real[c][pixel] = (float)real;
                _int8[c][pixel] = (sbyte)Math.Clamp(steps, -128, 127);
            }

            _affine[c] = AffineCode.Find(_int8[c], 1 / (std * transform.Scale));
        }
    }

    public ReadOnlySpan<sbyte> Int8(int channel) => _int8[channel];

    /// <summary>The int8 table of a channel as arithmetic, where that is exact.</summary>
    public AffineCode? Affine(int channel) => _affine[channel];

    public ReadOnlySpan<float> Real(int channel) => _real[channel];
}
