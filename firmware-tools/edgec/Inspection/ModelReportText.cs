using System.Globalization;
using EdgeRuntime.Model;

namespace EdgeRuntime.Compiler.Inspection;

/// <summary>A <see cref="ModelReport"/> as text.</summary>
internal static class ModelReportText
{
    private const int MaxName = 40;

    public static void Write(ModelReport report, TextWriter writer)
    {
        WriteMetadata(report, writer);
        writer.WriteLine();
        var layers = new TextTable("#", "operator", "input", "output", "bits", "parameters", "MACs", "in file", "in memory", "packed", "kernel").Right(0, 4, 5, 6, 7, 8, 9);
        foreach (LayerReport l in report.Layers)
        {
            layers.Add(
                $"{l.Index}",
                l.Operator,
                Join(l.Inputs.Take(l.WeightBits is null ? 4 : 1)),
                Join(l.Outputs),
                l.WeightBits is { } bits ? $"{bits}" : "",
                Number(l.Parameters),
                Number(l.MultiplyAccumulates),
                Number(l.BytesInFile),
                Number(l.BytesInMemory),
                Number(l.PackedBytes),
                l.Kernel);
        }

        layers.Add("", "total", "", "", "", Number(report.Parameters), Number(report.MultiplyAccumulates), Number(report.ConstantBytesInFile), Number(report.ConstantBytesInMemory), Number(report.PackedBytes), "");
        layers.WriteTo(writer);

        writer.WriteLine();
        writer.WriteLine($"arena: {Number(report.ArenaBytes)} bytes, of these {Number(report.ActivationBytes)} activations and {Number(report.ScratchBytes)} scratch");
        var arena = new TextTable("tensor", "type", "shape", "offset", "bytes", "alive").Right(3, 4);
        foreach (ArenaReport a in report.Arena)
            arena.Add(Shorten(a.Tensor), a.Type, a.Shape, Number(a.Offset), Number(a.Size), $"{(a.FirstStep < 0 ? "start" : a.FirstStep.ToString(CultureInfo.InvariantCulture))}..{a.LastStep?.ToString(CultureInfo.InvariantCulture) ?? "end"}");
        arena.WriteTo(writer);
        if (report.Warnings.Count > 0)
            writer.WriteLine();
        foreach (string warning in report.Warnings)
            writer.WriteLine($"warning: {warning}");
    }

    private static void WriteMetadata(ModelReport report, TextWriter writer)
    {
        ModelMetadata m = report.Metadata;
        writer.WriteLine($"{report.File}: {Number(report.FileBytes)} bytes");
        foreach ((string key, string value) in (ReadOnlySpan<(string, string)>)[("name", m.Name), ("description", m.Description), ("origin", m.Origin), ("licence", m.Licence), ("made by", m.CreatedBy)])
        {
            if (value.Length > 0)
                writer.WriteLine($"{key}: {value}");
        }

        foreach ((string key, string value) in m.Properties)
            writer.WriteLine($"{key}: {value}");
        writer.WriteLine($"inputs: {Join(report.Inputs)}");
        writer.WriteLine($"outputs: {Join(report.Outputs)}");
        if (m.Preprocessing is { } p)
            writer.WriteLine(FormattableString.Invariant($"picture: {p.Width}x{p.Height} {p.Channels}, {p.Layout}, {p.Fit}, mean {string.Join(' ', p.Mean.Select(Real))}, deviation {string.Join(' ', p.Deviation.Select(Real))}"));
        if (m.Labels.Count > 0)
            writer.WriteLine($"labels: {m.Labels.Count}: {string.Join(", ", m.Labels.Take(10))}{(m.Labels.Count > 10 ? ", …" : "")}");
    }

    private static string Join(IEnumerable<string> parts) => string.Join(", ", parts);

    private static string Real(float value) => value.ToString("0.######", CultureInfo.InvariantCulture);

    private static string Shorten(string name) => name.Length <= MaxName ? name : "…" + name[^(MaxName - 1)..];

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
