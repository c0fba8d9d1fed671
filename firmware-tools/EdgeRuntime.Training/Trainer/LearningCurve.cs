using EdgeRuntime.Training.Data;
using SkiaSharp;

namespace EdgeRuntime.Training;

/// <summary>Draws the course of a run: accuracy on training and validation set by epoch, and the training loss, as PNG.</summary>
public static class LearningCurve
{
    private const int Width = 800, Height = 420, Left = 60, Right = 60, Top = 40, Bottom = 50;

    /// <summary>Writes the picture.</summary>
    /// <exception cref="TrainingException">The log has no epoch.</exception>
    public static void Write(string path, RunLog log)
    {
        ArgumentNullException.ThrowIfNull(log);
        if (log.Epochs.Count == 0)
            throw new TrainingException(TrainingError.InvalidOption, "the log has no epoch to draw");
        using var surface = SKSurface.Create(new SKImageInfo(Width, Height));
        SKCanvas canvas = surface.Canvas;
        canvas.Clear(SKColors.White);
        // Accuracies often end close together: the axis begins at the worst one, rounded down to 10 %.
        double low = Math.Floor(log.Epochs.Min(e => Math.Min(e.TrainAccuracy, e.ValidationAccuracy)) * 10) / 10;
        low = Math.Clamp(low, 0, 0.9);
        double maxLoss = Math.Max(1e-9, log.Epochs.Max(e => e.TrainLoss));
        DrawAxes(canvas, log, low, maxLoss);
        Draw(canvas, log.Epochs, e => (e.TrainAccuracy - low) / (1 - low), new SKColor(0x1f, 0x77, 0xb4));
        Draw(canvas, log.Epochs, e => (e.ValidationAccuracy - low) / (1 - low), new SKColor(0xd6, 0x27, 0x28));
        Draw(canvas, log.Epochs, e => e.TrainLoss / maxLoss, new SKColor(0x99, 0x99, 0x99));
        using SKImage image = surface.Snapshot();
        using SKData data = image.Encode(SKEncodedImageFormat.Png, 90);
        DataFile.WriteAtomically(path, stream => stream.Write(data.AsSpan()));
    }

    private static void DrawAxes(SKCanvas canvas, RunLog log, double low, double maxLoss)
    {
        using var font = new SKFont(SKTypeface.Default, 13);
        using var ink = new SKPaint { Color = SKColors.Black, IsAntialias = true };
        using var grid = new SKPaint { Color = new SKColor(0xdd, 0xdd, 0xdd) };
        for (int i = 0; i <= 5; i++)
        {
            float y = Top + (Height - Top - Bottom) * (1 - i / 5f);
            canvas.DrawLine(Left, y, Width - Right, y, grid);
            canvas.DrawText(FormattableString.Invariant($"{(low + (1 - low) * i / 5) * 100:F0} %"), 8, y + 4, font, ink);
            canvas.DrawText(FormattableString.Invariant($"{maxLoss * i / 5:F2}"), Width - Right + 8, y + 4, font, ink);
        }

        canvas.DrawText($"{log.Network}, {log.Method}, {log.Data}: accuracy in training (blue) and validation (red), loss (grey, right)", Left, 22, font, ink);
        canvas.DrawText("1", Left - 4, Height - Bottom + 20, font, ink);
        canvas.DrawText($"{log.Epochs.Count}", Width - Right - 8, Height - Bottom + 20, font, ink);
        canvas.DrawText("epoch", Width / 2f - 20, Height - Bottom + 20, font, ink);
    }

    private static void Draw(SKCanvas canvas, IReadOnlyList<EpochRecord> epochs, Func<EpochRecord, double> value, SKColor colour)
    {
        using var line = new SKPaint { Color = colour, IsAntialias = true, StrokeWidth = 2, IsStroke = true };
        SKPoint[] points = [.. epochs.Select((e, i) => new SKPoint(
            Left + (Width - Left - Right) * (epochs.Count == 1 ? 0.5f : i / (float)(epochs.Count - 1)),
            Top + (Height - Top - Bottom) * (1 - (float)Math.Clamp(value(e), 0, 1))))];
        for (int i = 1; i < points.Length; i++)
            canvas.DrawLine(points[i - 1], points[i], line);
        foreach (SKPoint point in points)
            canvas.DrawCircle(point, 2.5f, line);
    }
}
