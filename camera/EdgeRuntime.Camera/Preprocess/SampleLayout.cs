namespace EdgeRuntime.Camera;

/// <summary>
/// Where the samples of one component (R, G, B, Y, U, V) lie in a frame: sample (row j, column i) is the byte
/// <c>PlaneOffset + j * Stride + i * Step + Offset</c>. <c>Half</c> tells whether the component has half the columns or rows.
/// A half-width sample stands between the two pixels that share it.
/// </summary>
internal readonly record struct SampleLayout(int PlaneOffset, int Stride, int Step, int Offset, bool HalfWidth, bool HalfHeight)
{
    public int Columns(FrameFormat format) => HalfWidth ? (format.Width + 1) / 2 : format.Width;

    public int Rows(FrameFormat format) => HalfHeight ? (format.Height + 1) / 2 : format.Height;

    /// <summary>The three components of a format, one for grey.</summary>
    public static SampleLayout[] Of(FrameFormat format)
    {
        int stride = format.Stride, chroma = format.ChromaStride;
        int luma = stride * format.Height;
        int chromaRows = (format.Height + 1) / 2;
        return format.PixelFormat switch
        {
            PixelFormat.Rgb24 => Interleaved(stride, 3, 0, 1, 2),
            PixelFormat.Bgr24 => Interleaved(stride, 3, 2, 1, 0),
            PixelFormat.Rgba32 => Interleaved(stride, 4, 0, 1, 2),
            PixelFormat.Grey8 => [new(0, stride, 1, 0, false, false)],
            PixelFormat.Yuyv => [new(0, stride, 2, 0, false, false), new(0, stride, 4, 1, true, false), new(0, stride, 4, 3, true, false)],
            PixelFormat.Uyvy => [new(0, stride, 2, 1, false, false), new(0, stride, 4, 0, true, false), new(0, stride, 4, 2, true, false)],
            PixelFormat.Nv12 => [new(0, stride, 1, 0, false, false), new(luma, chroma, 2, 0, true, true), new(luma, chroma, 2, 1, true, true)],
            PixelFormat.Yuv420 =>
            [
                new(0, stride, 1, 0, false, false),
                new(luma, chroma, 1, 0, true, true),
                new(luma + (chroma * chromaRows), chroma, 1, 0, true, true),
            ],
            _ => throw new CameraException(CameraErrorKind.Unsupported, $"a {format.PixelFormat} frame must be decoded before it can be converted"),
        };
    }

    private static SampleLayout[] Interleaved(int stride, int step, int first, int second, int third) =>
    [
        new(0, stride, step, first, false, false),
        new(0, stride, step, second, false, false),
        new(0, stride, step, third, false, false),
    ];
}
