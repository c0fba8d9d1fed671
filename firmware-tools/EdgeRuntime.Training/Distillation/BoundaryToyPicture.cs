using EdgeRuntime.Training.Data;
using SkiaSharp;

namespace EdgeRuntime.Training.Distillation;

/// <summary>Draws the toy experiment: points, base samples and where the attack took them, the teacher's boundary and both students'.</summary>
public static class BoundaryToyPicture
{
    private const int Plot = 560, Margin = 20, Legend = 110;
    private static readonly SKColor Below = new(0x1f, 0x77, 0xb4), Above = new(0xd6, 0x27, 0x28), Moved = new(0x2c, 0xa0, 0x2c);

    /// <summary>Writes the picture as PNG.</summary>
    public static void Write(string path, BoundaryToyResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        using var surface = SKSurface.Create(new SKImageInfo(Plot + (2 * Margin), Plot + (2 * Margin) + Legend));
        SKCanvas canvas = surface.Canvas;
        canvas.Clear(SKColors.White);
        Boundary(canvas, result.TeacherGrid, SKColors.Black, 3);
        Boundary(canvas, result.HintonGrid, new SKColor(0xff, 0x7f, 0x0e), 2);
        Boundary(canvas, result.BssGrid, new SKColor(0x94, 0x67, 0xbd), 2);
        using var line = new SKPaint { Color = Moved.WithAlpha(0x90), IsAntialias = true, StrokeWidth = 1, IsStroke = true };
        using var fill = new SKPaint { IsAntialias = true };
        canvas.Save();
        canvas.ClipRect(SKRect.Create(Margin, Margin, Plot, Plot));
        foreach (float[] move in result.Supporting)
        {
            canvas.DrawLine(At(move[0], move[1]), At(move[2], move[3]), line);
            fill.Color = Moved;
            SKPoint to = At(move[2], move[3]);
            canvas.DrawRect(to.X - 3, to.Y - 3, 6, 6, fill);
        }

        canvas.Restore();

        foreach (float[] point in result.Points)
        {
            fill.Color = point[2] > 0.5f ? Above : Below;
            canvas.DrawCircle(At(point[0], point[1]), 4, fill);
        }

        Explain(canvas, result);
        using SKImage image = surface.Snapshot();
        using SKData data = image.Encode(SKEncodedImageFormat.Png, 90);
        DataFile.WriteAtomically(path, stream => stream.Write(data.AsSpan()));
    }

    /// <summary>The edges between grid points of different class.</summary>
    private static void Boundary(SKCanvas canvas, IReadOnlyList<string> grid, SKColor colour, float width)
    {
        using var line = new SKPaint { Color = colour, StrokeWidth = width, IsStroke = true, StrokeCap = SKStrokeCap.Round };
        int side = grid.Count;
        float half = 1f / (side - 1);
        for (int row = 0; row < side; row++)
        {
            for (int column = 0; column < side; column++)
            {
                float x = (2f * column / (side - 1)) - 1, y = (2f * row / (side - 1)) - 1;
                if (column + 1 < side && grid[row][column] != grid[row][column + 1])
                    canvas.DrawLine(At(x + half, y - half), At(x + half, y + half), line);
                if (row + 1 < side && grid[row][column] != grid[row + 1][column])
                    canvas.DrawLine(At(x - half, y + half), At(x + half, y + half), line);
            }
        }
    }

    private static void Explain(SKCanvas canvas, BoundaryToyResult result)
    {
        using var font = new SKFont(SKTypeface.Default, 13);
        using var ink = new SKPaint { Color = SKColors.Black, IsAntialias = true };
        float y = Plot + (2 * Margin) + 12;
        canvas.DrawText("black: teacher's boundary; dots: the students' training points by class", Margin, y, font, ink);
        canvas.DrawText("green: boundary supporting samples and the way to them", Margin, y + 24, font, ink);
        canvas.DrawText(FormattableString.Invariant($"orange: student with soft targets, {result.HintonAgreement:P1} like the teacher"), Margin, y + 48, font, ink);
        canvas.DrawText(FormattableString.Invariant($"violet: student with boundary supporting samples, too, {result.BssAgreement:P1} like the teacher"), Margin, y + 72, font, ink);
    }

    private static SKPoint At(float x, float y) => new(Margin + ((x + 1) / 2 * Plot), Margin + ((1 - y) / 2 * Plot));
}
