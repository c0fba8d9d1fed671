using System.Globalization;
using EdgeRuntime.Compression;
using EdgeRuntime.Training.Data;
using ScottPlot;

namespace EdgeRuntime.Compiler.Quantizing;

/// <summary>Accuracy over bytes of the points of a <see cref="PrecisionSearch"/>, as table and as picture.</summary>
internal static class TradeOffCurve
{
    private const int Width = 900;
    private const int Height = 520;

    /// <summary>Writes one line a point: bytes, accuracy in percent, predicted distortion, bits of each layer.</summary>
    public static void WriteTable(string path, IReadOnlyList<PrecisionPoint> points, PrecisionPoint chosen)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        text.WriteLine("bytes,accuracy_percent,distortion,chosen,bits_per_layer");
        foreach (PrecisionPoint p in points)
            text.WriteLine(FormattableString.Invariant($"{p.Bytes},{p.Accuracy * 100:0.00},{p.Distortion:0.000000},{(ReferenceEquals(p, chosen) ? 1 : 0)},{p.Bits}"));
        byte[] bytes = System.Text.Encoding.UTF8.GetBytes(text.ToString());
        DataFile.WriteAtomically(path, stream => stream.Write(bytes));
    }

    /// <summary>Draws the curve as PNG, with the chosen point and the 8-bit network marked.</summary>
    public static void WritePicture(string path, string title, IReadOnlyList<PrecisionPoint> points, PrecisionPoint chosen)
    {
        using var plot = new Plot();
        PrecisionPoint[] rising = [.. points.OrderBy(p => p.Bytes)];
        var curve = plot.Add.Scatter(rising.Select(p => p.Bytes / 1024.0).ToArray(), rising.Select(p => (p.Accuracy ?? 0) * 100).ToArray());
        curve.LegendText = "bits per layer from sensitivity";
        var mark = plot.Add.Marker(chosen.Bytes / 1024.0, (chosen.Accuracy ?? 0) * 100, MarkerShape.OpenCircle, 16);
        mark.MarkerStyle.LineWidth = 2;
        mark.LegendText = FormattableString.Invariant($"chosen: {chosen.Bytes} bytes, {chosen.Accuracy * 100:0.00} %");
        plot.Title(title);
        plot.XLabel("file, KiB");
        plot.YLabel("accuracy on held-out training pictures, %");
        plot.ShowLegend(Alignment.LowerRight);
        byte[] png = plot.GetImageBytes(Width, Height, ImageFormat.Png);
        DataFile.WriteAtomically(path, stream => stream.Write(png));
    }
}
