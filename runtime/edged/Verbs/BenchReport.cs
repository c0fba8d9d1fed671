using System.Globalization;
using System.Text.Json;

namespace EdgeRuntime.Daemon.Verbs;

/// <summary>Shows what bench measured, as text or JSON.</summary>
internal static class BenchReport
{
    public static void WriteText(TextWriter output, string model, PreparedModel prepared, BenchOptions options, BenchResult result)
    {
        void Line(FormattableString text) => output.WriteLine(text.ToString(CultureInfo.InvariantCulture));

        Line($"{model}: {options.Runs} runs after {options.Warmup} to warm up, {options.Threads} threads, features {prepared.Options.Features}");
        Line($"  mean {result.Runs.Average(),10:0.0} us");
        foreach ((string name, double share) in Percentiles)
            Line($"  {name,-4} {result.Percentile(share),10:0.0} us");
        Line($"  prepared in {result.Preparation.TotalMilliseconds:0.0} ms");
        Line($"  arena {prepared.ArenaBytes} bytes (scratch {prepared.ScratchBytes}), packed weights {prepared.PackedBytes} bytes, resident {ResidentBytes()} bytes");
        if (!options.Layers)
            return;
        double total = Math.Max(result.Layers.Sum(), 1e-9);
        output.WriteLine($"{"share",8} {"us",10}  {"operator",-22} {"kernel",-40} output");
        for (int i = 0; i < result.Layers.Length; i++)
        {
            PlanStep step = prepared.Steps[i];
            string shape = prepared.Graph.Tensors[step.Node.Outputs[0]].Shape.ToString();
            Line($"{100 * result.Layers[i] / total,6:0.0} % {result.Layers[i],10:0.0}  {step.Node.Kind,-22} {step.KernelName,-40} {shape}");
        }
    }

    public static void WriteJson(Stream output, string model, PreparedModel prepared, BenchOptions options, BenchResult result)
    {
        using var json = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteString("model", model);
        json.WriteNumber("runs", options.Runs);
        json.WriteNumber("warmup", options.Warmup);
        json.WriteNumber("threads", options.Threads);
        json.WriteString("features", prepared.Options.Features.ToString());
        json.WriteStartObject("microseconds");
        json.WriteNumber("mean", result.Runs.Average());
        foreach ((string name, double share) in Percentiles)
            json.WriteNumber(name, result.Percentile(share));
        json.WriteNumber("prepare", result.Preparation.TotalMicroseconds);
        json.WriteEndObject();
        json.WriteStartObject("bytes");
        json.WriteNumber("arena", prepared.ArenaBytes);
        json.WriteNumber("scratch", prepared.ScratchBytes);
        json.WriteNumber("packed", prepared.PackedBytes);
        json.WriteNumber("resident", ResidentBytes());
        json.WriteEndObject();
        if (options.Layers)
        {
            json.WriteStartArray("layers");
            for (int i = 0; i < result.Layers.Length; i++)
            {
                PlanStep step = prepared.Steps[i];
                json.WriteStartObject();
                json.WriteString("name", step.Node.Name);
                json.WriteString("operator", step.Node.Kind.ToString());
                json.WriteString("kernel", step.KernelName);
                json.WriteString("output", prepared.Graph.Tensors[step.Node.Outputs[0]].Shape.ToString());
                json.WriteNumber("microseconds", result.Layers[i]);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
        json.Flush();
        output.Write("\n"u8);
    }

    private static (string Name, double Share)[] Percentiles => [("min", 0), ("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("max", 1)];

    /// <summary>Resident memory of this process, from the kernel's status file; 0 where there is none.</summary>
    private static long ResidentBytes()
    {
        const string Status = "/proc/self/status";
        if (!File.Exists(Status))
            return 0;
        foreach (string line in File.ReadLines(Status))
        {
            if (line.StartsWith("VmRSS:", StringComparison.Ordinal))
                return long.Parse(line.AsSpan(6).TrimEnd("kB ").Trim(), CultureInfo.InvariantCulture) * 1024;
        }

        return 0;
    }
}
