using EdgeRuntime.Compression;
using EdgeRuntime.Training.Data;
using SkiaSharp;

namespace EdgeRuntime.Training.Sharing;

/// <summary>Draws what each stage of Deep Compression leaves of each layer (Han, Mao and Dally 2016, figure 4), on a logarithmic axis, as PNG.</summary>
public static class StagePicture
{
    private const int Width = 860, Row = 14, Gap = 12, Left = 130, Right = 110, Top = 46, Bottom = 40;
    private static readonly (string Name, SKColor Colour)[] Stages =
    [
        ("float32", new SKColor(0xbb, 0xbb, 0xbb)), ("pruned", new SKColor(0x1f, 0x77, 0xb4)),
        ("shared", new SKColor(0xff, 0x7f, 0x0e)), ("Huffman", new SKColor(0x2c, 0xa0, 0x2c)),
    ];

    /// <summary>Writes the picture.</summary>
    /// <param name="path">File to write.</param>
    /// <param name="title">Line above the picture.</param>
    /// <param name="layers">The layers; their sum is added as a last row.</param>
    public static void Write(string path, string title, IReadOnlyList<LayerBreakdown> layers)
    {
        ArgumentNullException.ThrowIfNull(layers);
        List<(string Name, long[] Bytes)> rows = [.. layers.Select(l => (l.Name, Bytes(l)))];
        rows.Add(("all", [.. Enumerable.Range(0, Stages.Length).Select(s => rows.Sum(r => r.Bytes[s]))]));
        int height = Top + Bottom + rows.Count * (Stages.Length * Row + Gap);
        using var surface = SKSurface.Create(new SKImageInfo(Width, height));
        SKCanvas canvas = surface.Canvas;
        canvas.Clear(SKColors.White);
        using var font = new SKFont(SKTypeface.Default, 12);
        using var ink = new SKPaint { Color = SKColors.Black, IsAntialias = true };
        using var grid = new SKPaint { Color = new SKColor(0xdd, 0xdd, 0xdd) };
        canvas.DrawText(title, Left, 18, font, ink);
        double low = Math.Floor(Math.Log10(rows.Min(r => r.Bytes.Min())) - 1e-9), high = Math.Ceiling(Math.Log10(rows.Max(r => r.Bytes.Max())));
        for (double tick = low; tick <= high; tick++)
        {
            float x = X(Math.Pow(10, tick));
            canvas.DrawLine(x, Top - 8, x, height - Bottom, grid);
            canvas.DrawText(Size(Math.Pow(10, tick)), x - 14, height - Bottom + 18, font, ink);
        }

        for (int s = 0; s < Stages.Length; s++)
        {
            using var paint = new SKPaint { Color = Stages[s].Colour };
            canvas.DrawRect(Left + s * 110, 24, 10, 10, paint);
            canvas.DrawText(Stages[s].Name, Left + s * 110 + 15, 34, font, ink);
            float y = Top;
            foreach (var (_, bytes) in rows)
            {
                canvas.DrawRect(Left, y + s * Row, X(bytes[s]) - Left, Row - 2, paint);
                canvas.DrawText(FormattableString.Invariant($"{bytes[0] / (double)bytes[s]:F1}x"), X(bytes[s]) + 5, y + s * Row + Row - 3, font, ink);
                y += Stages.Length * Row + Gap;
            }
        }

        for (int r = 0; r < rows.Count; r++)
            canvas.DrawText(rows[r].Name, 8, Top + r * (Stages.Length * Row + Gap) + 2.2f * Row, font, ink);
        using SKImage image = surface.Snapshot();
        using SKData data = image.Encode(SKEncodedImageFormat.Png, 90);
        DataFile.WriteAtomically(path, stream => stream.Write(data.AsSpan()));

        float X(double bytes) => Left + (float)((Math.Log10(Math.Max(1, bytes)) - low) / Math.Max(1, high - low) * (Width - Left - Right));
    }

    private static long[] Bytes(LayerBreakdown l) => [l.FloatBytes, l.PrunedBytes, l.SharedBytes, l.StoredBytes];

    private static string Size(double bytes) => bytes switch
    {
        >= 1e6 => FormattableString.Invariant($"{bytes / 1e6:F0} MB"),
        >= 1e3 => FormattableString.Invariant($"{bytes / 1e3:F0} kB"),
        _ => FormattableString.Invariant($"{bytes:F0} B"),
    };
}
