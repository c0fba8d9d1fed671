using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using EdgeRuntime.Model;

namespace EdgeRuntime.Daemon.Verbs;

/// <summary>edged bench MODEL: times of exactly runs + warmup inferences on random input.</summary>
internal static class BenchVerb
{
    public static Command Create()
    {
        var model = new Argument<string>("model") { Description = "an .edge file" };
        var runs = new Option<int>("--runs") { Description = "measured inferences", DefaultValueFactory = _ => 50 };
        var warmup = new Option<int>("--warmup") { Description = "inferences before the first measured one", DefaultValueFactory = _ => 5 };
        var threads = new Option<int>("--threads") { Description = "threads of inference", DefaultValueFactory = _ => 1 };
        var layers = new Option<bool>("--layers") { Description = "a line per operator" };
        var json = new Option<bool>("--json") { Description = "the result as JSON" };
        var reference = new Option<bool>("--reference") { Description = "use the portable reference kernels" };
        var command = new Command("bench", "measure a network") { model, runs, warmup, threads, layers, json, reference };
        command.SetAction(parsed => Run(
            parsed.GetRequiredValue(model),
            new BenchOptions(parsed.GetValue(runs), parsed.GetValue(warmup), parsed.GetValue(threads), parsed.GetValue(layers), parsed.GetValue(reference)),
            parsed.GetValue(json),
            parsed.InvocationConfiguration.Output));
        return command;
    }

    private static int Run(string modelPath, BenchOptions options, bool json, TextWriter output)
    {
        Check("--runs", options.Runs, 1, 1_000_000);
        Check("--warmup", options.Warmup, 0, 1_000_000);
        Check("--threads", options.Threads, 1, 64);
        using EdgeModel model = EdgeModel.Load(modelPath);
        long start = Stopwatch.GetTimestamp();
        using PreparedModel prepared = model.Prepare(new PrepareOptions { ReferenceKernels = options.Reference });
        TimeSpan preparation = Stopwatch.GetElapsedTime(start);
        BenchResult result = Measure(prepared, options) with { Preparation = preparation };
        if (json)
            BenchReport.WriteJson(Console.OpenStandardOutput(), modelPath, prepared, options, result);
        else
            BenchReport.WriteText(output, modelPath, prepared, options, result);
        return (int)ExitCode.Success;
    }

    private static void Check(string option, int value, int least, int most)
    {
        if (value < least || value > most)
            throw new DaemonException(ExitCode.Usage, string.Create(CultureInfo.InvariantCulture, $"{option} is {value}; the limits are {least} and {most}"));
    }

    private static BenchResult Measure(PreparedModel prepared, BenchOptions options)
    {
        using Session session = prepared.CreateSession(options.Layers, options.Threads);
        byte[][] inputs = [.. Enumerable.Range(0, prepared.Graph.Inputs.Count).Select(i => RandomInput(prepared.Graph.Tensors[prepared.Graph.Inputs[i]], i))];
        for (int n = 0; n < options.Warmup; n++)
            RunOnce(session, inputs);
        long[] before = session.StepTicks.ToArray();
        double[] microseconds = new double[options.Runs];
        for (int n = 0; n < options.Runs; n++)
            microseconds[n] = RunOnce(session, inputs).TotalMicroseconds;

        double[] layers = [.. session.StepTicks.ToArray().Zip(before, (after, b) => Stopwatch.GetElapsedTime(0, after - b).TotalMicroseconds / options.Runs)];
        return new BenchResult(microseconds, layers);
    }

    /// <summary>Writes the inputs anew, since a run may reuse their memory, and times the run alone.</summary>
    private static TimeSpan RunOnce(Session session, byte[][] inputs)
    {
        for (int i = 0; i < inputs.Length; i++)
            inputs[i].CopyTo(session.Input<byte>(i));
        long start = Stopwatch.GetTimestamp();
        session.Run();
        return Stopwatch.GetElapsedTime(start);
    }

    /// <summary>Random elements with a fixed seed; floats lie in -1..1, unused bits of packed rows are 0.</summary>
    private static byte[] RandomInput(TensorInfo tensor, int seed)
    {
        var random = new Random(seed);
        byte[] bytes = new byte[tensor.ByteSize];
        random.NextBytes(bytes);
        if (tensor.Type == DataType.Float32)
        {
            for (int i = 0; i < bytes.Length; i += 4)
                BitConverter.TryWriteBytes(bytes.AsSpan(i), (float)((random.NextDouble() * 2) - 1));
        }
        else if (tensor.Type == DataType.Bit && tensor.Shape.Rank > 0)
        {
            int channels = tensor.Shape[^1];
            int row = DataTypes.WordsFor(channels) * 4;
            for (int i = 0; i < bytes.Length; i++)
            {
                int used = Math.Clamp(channels - (i % row * 8), 0, 8);
                bytes[i] &= (byte)((1 << used) - 1);
            }
        }

        return bytes;
    }
}

/// <summary>What is measured.</summary>
internal sealed record BenchOptions(int Runs, int Warmup, int Threads, bool Layers, bool Reference);

/// <summary>What was measured, in microseconds.</summary>
internal sealed record BenchResult(double[] Runs, double[] Layers)
{
    /// <summary>Choice of kernels and packing of weights.</summary>
    public TimeSpan Preparation { get; init; }

    /// <summary>The time that a share of the runs did not exceed: the nearest rank.</summary>
    public double Percentile(double share)
    {
        double[] sorted = [.. Runs.Order()];
        return sorted[Math.Clamp((int)Math.Ceiling(share * sorted.Length) - 1, 0, sorted.Length - 1)];
    }
}
