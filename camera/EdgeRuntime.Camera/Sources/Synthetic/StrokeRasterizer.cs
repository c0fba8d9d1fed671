namespace EdgeRuntime.Camera;

/// <summary>Draws round pen strokes with soft edges on a plane of brightness values.</summary>
internal readonly ref struct StrokeRasterizer(Span<byte> plane, int width, int height)
{
    private readonly Span<byte> plane = plane;

    /// <summary>Draws a line of round ends: a pixel's brightness falls from full to none over one pixel at the edge of the stroke.
    /// Where strokes overlap, the brighter one counts.</summary>
    public void Line(float x0, float y0, float x1, float y1, float radius, byte ink)
    {
        float reach = radius + 1;
        int left = Math.Max(0, (int)(Math.Min(x0, x1) - reach)), right = Math.Min(width - 1, (int)(Math.Max(x0, x1) + reach));
        int top = Math.Max(0, (int)(Math.Min(y0, y1) - reach)), bottom = Math.Min(height - 1, (int)(Math.Max(y0, y1) + reach));
        float dx = x1 - x0, dy = y1 - y0, squared = (dx * dx) + (dy * dy);
        float inverse = squared > 0 ? 1 / squared : 0;
        for (int y = top; y <= bottom; y++)
        {
            Span<byte> row = plane.Slice(y * width, width);
            for (int x = left; x <= right; x++)
            {
                float px = x + 0.5f - x0, py = y + 0.5f - y0;
                float along = Math.Clamp(((px * dx) + (py * dy)) * inverse, 0, 1);
                float awayX = px - (along * dx), awayY = py - (along * dy);
                float cover = Math.Clamp(radius + 0.5f - MathF.Sqrt((awayX * awayX) + (awayY * awayY)), 0, 1);
                byte value = (byte)((cover * ink) + 0.5f);
                if (value > row[x])
                    row[x] = value;
            }
        }
    }
}
