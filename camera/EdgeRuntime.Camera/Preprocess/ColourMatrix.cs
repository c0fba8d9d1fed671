namespace EdgeRuntime.Camera;

/// <summary>
/// From a frame's components to the network's channels: <c>channel = clamp((sum of Coefficient * sample + Bias) >> 16, 0, 255)</c>.
/// Samples carry <see cref="SampleBits"/> fraction bits, coefficients <see cref="CoefficientBits"/>; the bias holds offsets and rounding.
/// </summary>
/// <remarks>
/// Limited-range BT.601: R = 1.1644 (Y-16) + 1.5960 (V-128), G = 1.1644 (Y-16) - 0.3918 (U-128) - 0.8130 (V-128),
/// B = 1.1644 (Y-16) + 2.0172 (U-128), each times 1024 and rounded. BT.709 and full range follow from their luma weights in the same way.
/// </remarks>
internal sealed class ColourMatrix
{
    public const int SampleBits = 6;
    public const int CoefficientBits = 10;
    private const int One = 1 << CoefficientBits;

    private ColourMatrix(short[,] coefficients, int[] offsets)
    {
        Inputs = coefficients.GetLength(1);
        Outputs = coefficients.GetLength(0);
        Coefficients = coefficients;
        Bias = new int[Outputs];
        for (int c = 0; c < Outputs; c++)
        {
            int bias = 1 << (SampleBits + CoefficientBits - 1);
            for (int k = 0; k < Inputs; k++)
                bias -= coefficients[c, k] * (offsets[k] << SampleBits);
            Bias[c] = bias;
        }
    }

    /// <summary>Components used: the first one alone where a grey value is wanted of a YUV frame.</summary>
    public int Inputs { get; }

    public int Outputs { get; }

    /// <summary>Output channel x input component.</summary>
    public short[,] Coefficients { get; }

    public int[] Bias { get; }

    /// <summary>True where each channel is one component, only rounded: RGB to RGB, grey to grey or RGB.</summary>
    public bool IsIdentity
    {
        get
        {
            for (int c = 0; c < Outputs; c++)
            {
                for (int k = 0; k < Inputs; k++)
                {
                    if (Coefficients[c, k] != (k == Math.Min(c, Inputs - 1) ? One : 0))
                        return false;
                }
            }

            return Bias[0] == 1 << (SampleBits + CoefficientBits - 1);
        }
    }

    public static ColourMatrix Of(FrameFormat format, int channels)
    {
        bool grey = channels == 1;
        switch (format.PixelFormat)
        {
            case PixelFormat.Grey8:
                return grey ? new(new short[,] { { One } }, [0]) : new(new short[,] { { One }, { One }, { One } }, [0]);
            case PixelFormat.Rgb24 or PixelFormat.Bgr24 or PixelFormat.Rgba32:
                return grey
                    ? new(new short[,] { { 306, 601, 117 } }, [0, 0, 0])
                    : new(new short[,] { { One, 0, 0 }, { 0, One, 0 }, { 0, 0, One } }, [0, 0, 0]);
        }

        bool full = format.Encoding == YuvEncoding.Bt601Full;
        short y = full ? (short)One : (short)1192;
        int black = full ? 0 : 16;
        if (grey)
            return new(new short[,] { { y } }, [black]);
        (short rv, short gu, short gv, short bu) = format.Encoding switch
        {
            YuvEncoding.Bt601Full => ((short)1436, (short)352, (short)731, (short)1815),
            YuvEncoding.Bt709 => ((short)1836, (short)218, (short)546, (short)2163),
            _ => ((short)1634, (short)401, (short)833, (short)2066),
        };
        return new(new short[,] { { y, 0, rv }, { y, (short)-gu, (short)-gv }, { y, bu, 0 } }, [black, 128, 128]);
    }
}
