using System.Diagnostics;
using System.Runtime.InteropServices;
using EdgeRuntime.Kernels;
using EdgeRuntime.Model;
using EdgeRuntime.Training.Networks;

namespace EdgeRuntime.Compiler.Generation;

/// <summary>What one form of a network costs.</summary>
/// <param name="FileBytes">Length of its .edge file.</param>
/// <param name="Microseconds">Shortest time of an inference with one session on one thread.</param>
internal readonly record struct FormCost(long FileBytes, double Microseconds);

/// <summary>Measures a network with random weights in its binary, int8 and float forms: what they cost is what trained ones cost.</summary>
internal static class FormMeasurement
{
    private const int LeastRuns = 20;
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(1);

    /// <summary>The costs of the form that <paramref name="request"/> asks for, and of the int8 and the float form of the same shape.</summary>
    /// <exception cref="Training.TrainingException">The network cannot be made so.</exception>
    /// <exception cref="Compression.CompressionException">The network has no int8 form.</exception>
    public static (FormCost Binary, FormCost Int8, FormCost Float) Of(string name, NetworkRequest request, ulong seed)
    {
        NetworkRequest real = request with { Method = "float" };
        return (Cost(name, request, quantize: false, seed), Cost(name, real, quantize: true, seed), Cost(name, real, quantize: false, seed));
    }

    private static FormCost Cost(string name, NetworkRequest request, bool quantize, ulong seed)
    {
        using EdgeModel model = RandomModels.Network(name, request, quantize, new ModelMetadata(), seed);
        byte[] file = model.ToBytes();
        using EdgeModel loaded = EdgeModel.Load(file);
        return new FormCost(file.Length, Shortest(loaded, seed));
    }

    /// <summary>Shortest time of an inference on random input, in microseconds: one session, one thread.</summary>
    public static double Shortest(EdgeModel model, ulong seed)
    {
        using PreparedModel prepared = model.Prepare();
        using Session session = prepared.CreateSession();
        var random = new RandomValues(seed + 2);
        if (prepared.Graph.Tensors[prepared.Graph.Inputs[0]].Type == DataType.Float32)
            random.Uniform(session.Input<float>().Length, 1).CopyTo(session.Input<float>());
        else
            Array.ConvertAll(random.Uniform(session.Input<sbyte>().Length, 1), v => (sbyte)(v * 127)).CopyTo(session.Input<sbyte>());

        // The shortest of many runs: what else the machine does can only lengthen one.
        double best = double.PositiveInfinity;
        var all = Stopwatch.StartNew();
        for (int run = 0; run < LeastRuns || all.Elapsed < Time; run++)
        {
            long start = Stopwatch.GetTimestamp();
            session.Run();
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalMicroseconds);
        }

        return best;
    }

    /// <summary>What the times were measured on: architecture and the vector features that the kernels used.</summary>
    public static string Machine => $"{RuntimeInformation.ProcessArchitecture}, {Cpu.Features}";
}
