using EdgeRuntime.Compression.Import;
using EdgeRuntime.Compression.Import.Onnx;
using EdgeRuntime.Model;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace EdgeRuntime.Compression.Tests.Onnx;

/// <summary>Runs the same network and input in ONNX Runtime and, imported, here.</summary>
internal static class OnnxReference
{
    /// <summary>Imports a model and compares its outputs with ONNX Runtime's.</summary>
    /// <param name="model">The file.</param>
    /// <param name="tolerance">Largest difference, as a share of the largest output.</param>
    /// <param name="seed">Seed of the inputs.</param>
    /// <returns>The imported model.</returns>
    public static ImportedModel Compare(byte[] model, double tolerance = 1e-5, int seed = 7)
    {
        ImportedModel imported = OnnxImporter.Import(model, "test.onnx");
        using PreparedModel prepared = imported.Model.Prepare();
        using Session session = prepared.CreateSession();
        using var reference = new InferenceSession(model);
        var random = new Random(seed);
        for (int run = 0; run < 3; run++)
        {
            int[] dims = [.. reference.InputMetadata.Single().Value.Dimensions.Select(d => d < 0 ? 1 : d)];
            float[] input = [.. Enumerable.Range(0, dims.Aggregate(1, (p, d) => p * d)).Select(_ => (random.NextSingle() * 2) - 1)];
            using var results = reference.Run([NamedOnnxValue.CreateFromTensor(reference.InputMetadata.Single().Key, new DenseTensor<float>(input, dims))]);
            Write(input, dims, prepared.Graph.Tensors[prepared.Graph.Inputs[0]].Shape, session.Input<float>());
            session.Run();
            int o = 0;
            foreach (DisposableNamedOnnxValue result in results)
                Check(result, session, prepared.Graph.Tensors[prepared.Graph.Outputs[o]], o++, tolerance);
        }

        return imported;
    }

    /// <summary>The input, with channels moved last if the imported network wants it so.</summary>
    private static void Write(float[] input, int[] dims, Shape shape, Span<float> to)
    {
        if (shape.Dimensions.SequenceEqual(dims))
        {
            input.CopyTo(to);
            return;
        }

        Assert.Equal([dims[0], dims[2], dims[3], dims[1]], shape.Dimensions.ToArray());
        int pixels = dims[2] * dims[3];
        for (int n = 0; n < dims[0]; n++)
        {
            for (int c = 0; c < dims[1]; c++)
            {
                for (int p = 0; p < pixels; p++)
                    to[(((n * pixels) + p) * dims[1]) + c] = input[(((n * dims[1]) + c) * pixels) + p];
            }
        }
    }

    private static void Check(DisposableNamedOnnxValue expected, Session session, TensorInfo output, int index, double tolerance)
    {
        if (output.Type == DataType.Int32)
        {
            Assert.Equal(expected.AsTensor<long>().ToArray(), session.Output<int>(index).ToArray().Select(v => (long)v));
            return;
        }

        Assert.Equal(expected.AsTensor<float>().Dimensions.ToArray(), output.Shape.Dimensions.ToArray());
        float[] values = expected.AsTensor<float>().ToArray();
        float[] actual = session.Output<float>(index).ToArray();
        double limit = tolerance * Math.Max(1e-3, values.Max(Math.Abs));
        for (int i = 0; i < values.Length; i++)
            Assert.True(Math.Abs(values[i] - actual[i]) <= limit, $"output {index}, element {i}: {actual[i]}, ONNX Runtime {values[i]}; the limit is {limit}");
    }
}
