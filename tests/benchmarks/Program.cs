using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using EdgeRuntime;
using EdgeRuntime.Benchmarks;
using EdgeRuntime.Model;

// Times int8 networks here and in ONNX Runtime, side by side on this PC, and this runtime on two threads:
//   EdgeRuntime.Benchmarks [--json FILE] [--rounds N] MODEL.edge...
// All variants take turns in rounds, and the least time of each counts: it is what the machine can do when nothing else disturbs it.
string? json = null;
int rounds = 200;
var files = new List<string>();
for (int i = 0; i < args.Length; i++)
{
    if (args[i] == "--json" && i + 1 < args.Length)
        json = args[++i];
    else if (args[i] == "--rounds" && i + 1 < args.Length && int.TryParse(args[i + 1], out rounds) && rounds > 0)
        i++;
    else
        files.Add(args[i]);
}

if (files.Count == 0 || files.Exists(f => f.StartsWith('-')))
{
    Console.Error.WriteLine("EdgeRuntime.Benchmarks [--json FILE] [--rounds N] MODEL.edge...");
    return 2;
}

Console.WriteLine($"{"network",-16} {"us",9} {"us, 2 threads",14} {"ONNX Runtime",13} {"its speed",10} {"2 threads",10} {"differ by",10}");
var rows = new List<object>();
foreach (string file in files)
{
    using EdgeModel model = EdgeModel.Load(file);
    using PreparedModel prepared = model.Prepare();
    using Session one = prepared.CreateSession(), two = prepared.CreateSession(threads: 2);
    using var peer = new OnnxRuntimePeer(prepared.Graph, threads: 1);
    var input = new sbyte[prepared.Graph.Tensors[prepared.Graph.Inputs[0]].Shape.ElementCount];
    var random = new Random(1);
    for (int i = 0; i < input.Length; i++)
        input[i] = (sbyte)random.Next(-128, 128);
    peer.SetInput(input);

    double ours = double.PositiveInfinity, threaded = double.PositiveInfinity, theirs = double.PositiveInfinity;
    for (int round = 0; round < rounds; round++)
    {
        ours = Math.Min(ours, Microseconds(() => Own(one)));
        theirs = Math.Min(theirs, Microseconds(peer.Run));
        threaded = Math.Min(threaded, Microseconds(() => Own(two)));
    }

    Own(one);
    peer.Run();
    int difference = peer.Output().Zip(one.Output<sbyte>().ToArray(), (a, b) => Math.Abs(a - b)).Max();
    string name = Path.GetFileNameWithoutExtension(file);
    Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{name,-16} {ours,9:F0} {threaded,14:F0} {theirs,13:F0} {theirs / ours,10:F2} {ours / threaded,10:F2} {difference,10}"));
    rows.Add(new { network = name, microseconds = ours, twoThreads = threaded, onnxRuntime = theirs, ofItsSpeed = theirs / ours, speedUp = ours / threaded, largestDifference = difference });

    void Own(Session session)
    {
        input.CopyTo(session.Input<sbyte>());
        session.Run();
    }
}

if (json is not null)
{
    string temporary = json + ".new";
    File.WriteAllText(temporary, JsonSerializer.Serialize(rows, new JsonSerializerOptions { WriteIndented = true }) + "\n");
    File.Move(temporary, json, overwrite: true);
}

return 0;

// Five runs in a row, so that each variant finds its own data in the caches; the fastest counts.
static double Microseconds(Action run)
{
    double least = double.PositiveInfinity;
    for (int i = 0; i < 5; i++)
    {
        long start = Stopwatch.GetTimestamp();
        run();
        least = Math.Min(least, Stopwatch.GetElapsedTime(start).TotalMicroseconds);
    }

    return least;
}
