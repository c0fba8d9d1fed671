using System.Diagnostics.CodeAnalysis;

namespace EdgeRuntime.Camera;

/// <summary>
/// An endless scene of handwritten-looking digits, light on dark as in MNIST, rendered by this library: each digit is shown for some frames while it drifts a
/// little; shape, slant, size, position, pen width and noise vary with the seed. The same seed gives the same bytes on every machine.
/// <see cref="Frame.Label"/> is the digit that is shown.
/// </summary>
public sealed class SyntheticDigits : IFrameSource
{
    private static readonly string[] Labels = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];
    private readonly SyntheticCanvas canvas;
    private readonly Frame frame;
    private readonly float[] points = new float[64];
    private readonly ulong seed;
    private readonly int framesPerDigit, noise;
    private long next;

    /// <summary>Prepares the scene.</summary>
    /// <param name="width">Columns, even, 32..4096.</param>
    /// <param name="height">Rows, even, 32..4096.</param>
    /// <param name="pixelFormat">Everything but MJPEG.</param>
    /// <param name="seed">Start of the random sequence.</param>
    /// <param name="framesPerDigit">Frames that a digit is shown, at least 1.</param>
    /// <param name="noise">Largest change of a pixel by noise, 0..64 of 255.</param>
    /// <exception cref="CameraException">A parameter is out of its range.</exception>
    public SyntheticDigits(int width = 320, int height = 240, PixelFormat pixelFormat = PixelFormat.Yuyv, ulong seed = 1, int framesPerDigit = 10, int noise = 12)
    {
        if (framesPerDigit < 1)
            throw new CameraException(CameraErrorKind.InvalidArgument, $"{framesPerDigit} frames per digit are below 1");
        if (noise is < 0 or > 64)
            throw new CameraException(CameraErrorKind.InvalidArgument, $"noise of {noise} is outside 0..64");
        canvas = new SyntheticCanvas(width, height, pixelFormat);
        frame = new Frame(canvas.Format) { Name = "synthetic digits" };
        this.seed = seed;
        this.framesPerDigit = framesPerDigit;
        this.noise = noise;
        Description = $"synthetic digits {canvas.Format}, seed {seed}";
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
        long shown = next / framesPerDigit;
        var shape = new SceneRandom(seed * 0x2545F4914F6CDD1D + (ulong)shown);
        int digit = DigitOf(shown);
        float progress = (next % framesPerDigit) / (float)framesPerDigit;
        Draw(digit, ref shape, progress);
        var grain = new SceneRandom(~seed + (ulong)next * 0x9E3779B97F4A7C15);
        canvas.AddNoise(ref grain, noise);
        canvas.WriteGrey(this.frame.Prepare(canvas.Format));
        this.frame.Label = Labels[digit];
        this.frame.Sequence = next++;
        this.frame.Timestamp = Frame.Now;
        frame = this.frame;
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    // Each block of ten digits is a rotation of 0..9 with a stride that is prime to ten, so that all digits come equally often.
    private int DigitOf(long shown)
    {
        var order = new SceneRandom(seed ^ (ulong)(shown / 10) * 0xD1342543DE82EF95);
        int first = order.Below(10);
        int stride = order.Below(4) switch { 0 => 1, 1 => 3, 2 => 7, _ => 9 };
        return (int)((first + (shown % 10 * stride)) % 10);
    }

    private void Draw(int digit, ref SceneRandom random, float progress)
    {
        Span<byte> plane = canvas.Clear(dark: 8);
        int width = canvas.Format.Width, height = canvas.Format.Height;
        float side = Math.Min(width, height);
        float size = side * (0.66f + (0.05f * random.Signed()));
        float stretch = 1 + (0.08f * random.Signed());
        float slant = 0.12f + (0.12f * random.Signed());
        // A rotation by a small angle in half-angle form: cosine and sine from one rational expression, the same on every machine.
        float half = 0.06f * random.Signed();
        float cos = (1 - (half * half)) / (1 + (half * half)), sin = 2 * half / (1 + (half * half));
        float radius = side * (0.038f + (0.008f * random.Signed()));
        float centreX = (width * 0.5f) + (side * 0.03f * (random.Signed() + (random.Signed() * progress)));
        float centreY = (height * 0.5f) + (side * 0.03f * (random.Signed() + (random.Signed() * progress)));
        byte ink = (byte)(235 + (int)(20 * random.Signed()));
        var pen = new StrokeRasterizer(plane, width, height);
        foreach (float[] stroke in DigitStrokes.Of(digit))
        {
            Span<float> points = this.points.AsSpan(0, stroke.Length);
            for (int i = 0; i < points.Length; i += 2)
            {
                // Repeated points (corners) stay together: the shift depends on the place, not on the index.
                bool corner = i >= 2 && stroke[i] == stroke[i - 2] && stroke[i + 1] == stroke[i - 1];
                points[i] = corner ? points[i - 2] : stroke[i] + (0.018f * random.Signed());
                points[i + 1] = corner ? points[i - 1] : stroke[i + 1] + (0.018f * random.Signed());
            }

            DrawStroke(pen, points, (centreX, centreY), (size * stretch * cos, size * sin, size * cos), slant, radius, ink);
        }
    }

    private static void DrawStroke(StrokeRasterizer pen, ReadOnlySpan<float> points, (float X, float Y) centre, (float A, float B, float D) turn, float slant, float radius, byte ink)
    {
        const int Pieces = 6;
        (float fromX, float fromY) = Place(points[0], points[1], centre, turn, slant);
        for (int segment = 0; segment < (points.Length / 2) - 1; segment++)
        {
            for (int piece = 1; piece <= Pieces; piece++)
            {
                (float x, float y) = DigitStrokes.Point(points, segment, piece / (float)Pieces);
                (float toX, float toY) = Place(x, y, centre, turn, slant);
                pen.Line(fromX, fromY, toX, toY, radius, ink);
                (fromX, fromY) = (toX, toY);
            }
        }
    }

    private static (float X, float Y) Place(float x, float y, (float X, float Y) centre, (float A, float B, float D) turn, float slant)
    {
        float v = y - 0.5f;
        float u = x - 0.35f - (slant * v);
        return (centre.X + (turn.A * u) - (turn.B * v), centre.Y + (turn.B * u) + (turn.D * v));
    }
}
