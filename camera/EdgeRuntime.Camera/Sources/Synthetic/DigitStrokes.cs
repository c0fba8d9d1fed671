namespace EdgeRuntime.Camera;

/// <summary>
/// Pen strokes of the digits 0 to 9, drawn for this project. A stroke is a Catmull-Rom curve through points in a box of width 0.7 and height 1
/// (x to the right, y down); a point given twice makes a corner.
/// </summary>
internal static class DigitStrokes
{
    private static readonly float[][][] Strokes =
    [
        [[0.36f, 0.02f, 0.12f, 0.18f, 0.03f, 0.50f, 0.12f, 0.84f, 0.35f, 0.98f, 0.58f, 0.84f, 0.67f, 0.50f, 0.58f, 0.16f, 0.36f, 0.02f, 0.30f, 0.05f]],
        [[0.22f, 0.20f, 0.38f, 0.02f, 0.38f, 0.02f, 0.37f, 0.50f, 0.36f, 0.98f]],
        [[0.06f, 0.24f, 0.18f, 0.06f, 0.38f, 0.02f, 0.58f, 0.14f, 0.56f, 0.38f, 0.34f, 0.66f, 0.05f, 0.95f, 0.05f, 0.95f, 0.30f, 0.93f, 0.66f, 0.96f]],
        [[0.08f, 0.12f, 0.30f, 0.02f, 0.54f, 0.12f, 0.54f, 0.34f, 0.28f, 0.47f, 0.28f, 0.47f, 0.58f, 0.58f, 0.62f, 0.82f, 0.36f, 0.98f, 0.06f, 0.88f]],
        [[0.20f, 0.04f, 0.14f, 0.30f, 0.08f, 0.56f, 0.08f, 0.56f, 0.36f, 0.56f, 0.66f, 0.54f], [0.52f, 0.06f, 0.50f, 0.50f, 0.47f, 0.98f]],
        [[0.62f, 0.04f, 0.38f, 0.05f, 0.16f, 0.05f, 0.16f, 0.05f, 0.12f, 0.42f, 0.12f, 0.42f, 0.36f, 0.36f, 0.60f, 0.50f, 0.62f, 0.76f, 0.40f, 0.97f, 0.06f, 0.90f]],
        [[0.54f, 0.03f, 0.28f, 0.20f, 0.10f, 0.50f, 0.08f, 0.78f, 0.28f, 0.98f, 0.54f, 0.90f, 0.60f, 0.70f, 0.42f, 0.53f, 0.18f, 0.60f, 0.10f, 0.74f]],
        [[0.04f, 0.06f, 0.34f, 0.06f, 0.64f, 0.05f, 0.64f, 0.05f, 0.46f, 0.46f, 0.30f, 0.98f]],
        [[0.58f, 0.14f, 0.36f, 0.02f, 0.14f, 0.14f, 0.18f, 0.36f, 0.38f, 0.50f, 0.60f, 0.68f, 0.60f, 0.88f, 0.36f, 0.98f, 0.12f, 0.88f, 0.12f, 0.68f, 0.36f, 0.48f, 0.54f, 0.34f, 0.58f, 0.14f]],
        [[0.60f, 0.24f, 0.44f, 0.04f, 0.18f, 0.10f, 0.10f, 0.32f, 0.26f, 0.48f, 0.50f, 0.42f, 0.61f, 0.22f, 0.60f, 0.24f, 0.58f, 0.55f, 0.52f, 0.98f]],
    ];

    /// <summary>Strokes of a digit; each is a list of x, y pairs.</summary>
    public static ReadOnlySpan<float[]> Of(int digit) => Strokes[digit];

    /// <summary>Point on the Catmull-Rom curve between points <paramref name="segment"/> and the next, at t in 0..1.</summary>
    public static (float X, float Y) Point(ReadOnlySpan<float> stroke, int segment, float t)
    {
        int last = (stroke.Length / 2) - 1;
        int a = Math.Max(segment - 1, 0) * 2, b = segment * 2, c = (segment + 1) * 2, d = Math.Min(segment + 2, last) * 2;
        return (Blend(stroke[a], stroke[b], stroke[c], stroke[d], t), Blend(stroke[a + 1], stroke[b + 1], stroke[c + 1], stroke[d + 1], t));
    }

    private static float Blend(float a, float b, float c, float d, float t) =>
        b + (0.5f * t * (c - a + (t * ((2 * a) - (5 * b) + (4 * c) - d + (t * ((3 * (b - c)) + d - a))))));
}
