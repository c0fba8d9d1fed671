using System.Diagnostics.CodeAnalysis;

namespace EdgeRuntime.Camera;

/// <summary>An endless test pattern: eight colour bars (white, yellow, cyan, green, magenta, red, blue, black) that move to the left,
/// two pixels per frame. Frame n is the same on every machine.</summary>
public sealed class MovingBars : IFrameSource
{
    private readonly SyntheticCanvas canvas;
    private readonly Frame frame;
    private long next;

    /// <summary>Prepares the pattern.</summary>
    /// <param name="width">Columns, even, 32..4096.</param>
    /// <param name="height">Rows, even, 32..4096.</param>
    /// <param name="pixelFormat">Everything but MJPEG.</param>
    /// <exception cref="CameraException">A parameter is out of its range.</exception>
    public MovingBars(int width = 320, int height = 240, PixelFormat pixelFormat = PixelFormat.Yuyv)
    {
        canvas = new SyntheticCanvas(width, height, pixelFormat);
        frame = new Frame(canvas.Format) { Name = "moving bars" };
        Description = $"moving bars {canvas.Format}";
    }

    /// <inheritdoc/>
    public string Description { get; }

    /// <inheritdoc/>
    public FrameFormat? Format => canvas.Format;

    /// <inheritdoc/>
    public FrameSourceCounters Counters => new(next);

    /// <inheritdoc/>
    public bool TryRead([NotNullWhen(true)] out Frame? frame, CancellationToken cancellation = default)
    {
        frame = null;
        if (cancellation.IsCancellationRequested)
            return false;
        int width = canvas.Format.Width, height = canvas.Format.Height;
        Span<byte> pixels = this.frame.Prepare(canvas.Format);
        int shift = (int)(next * 2 % width);
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                // Bits of the inverted bar number: green, red, blue in falling weight, the order of broadcast bars.
                int bar = 7 - ((x + shift) % width * 8 / width);
                canvas.WritePixel(pixels, (y * width) + x, (bar & 2) != 0 ? 255 : 0, (bar & 4) != 0 ? 255 : 0, (bar & 1) != 0 ? 255 : 0);
            }
        }

        this.frame.Sequence = next++;
        this.frame.Timestamp = Frame.Now;
        frame = this.frame;
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
