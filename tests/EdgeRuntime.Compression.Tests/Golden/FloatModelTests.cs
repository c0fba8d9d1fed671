using EdgeRuntime.Compression.Import.TFLite;
using EdgeRuntime.Model;
using EdgeRuntime.Tests;

namespace EdgeRuntime.Compression.Tests.Golden;

/// <summary>
/// Float32 models against double precision, within the tolerance that docs/architecture.md states: every element of every tensor within 1e-5 of the tensor's
/// largest magnitude.
/// </summary>
public class FloatModelTests(ITestOutputHelper output)
{
    /// <summary>Largest difference, as a share of the largest magnitude in the tensor.</summary>
    private const double Tolerance = 1e-5;

    [Theory]
    [Trait("Category", "Long")]
    [InlineData("pretrainedResnet.tflite", 255f)]
    [InlineData("vww_96_float.tflite", 1f)]
    public void Every_tensor_agrees_with_double_precision(string name, float white)
    {
        using EdgeModel model = TFLiteImporter.Import(TestData.Require("models", name)).Model;
        Graph graph = model.Graph;
        using PreparedModel kept = model.Prepare(new PrepareOptions { KeepIntermediates = true });
        using PreparedModel plain = model.Prepare();
        using Session everything = kept.CreateSession(), result = plain.CreateSession();
        var random = new Random(3);
        double worst = 0;
        int compared = 0;
        for (int n = 0; n < 2; n++)
        {
            float[] input = [.. Enumerable.Range(0, (int)graph.Tensors[graph.Inputs[0]].Shape.ElementCount).Select(_ => white * random.Next(256) / 255)];
            input.CopyTo(everything.Input<float>());
            input.CopyTo(result.Input<float>());
            everything.Run();
            result.Run();
            IReadOnlyList<double[]?> expected = new DoubleEvaluation(graph).Run(input);
            foreach (Node node in graph.Nodes)
            {
                ReadOnlySpan<float> actual = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(everything.Tensor(node.Outputs[0]));
                double difference = Difference(expected[node.Outputs[0]]!, actual);
                Assert.True(difference <= Tolerance, $"{node.Name} of {name} differs by {difference:e2} of its largest magnitude");
                worst = Math.Max(worst, difference);
                compared++;
            }

            Assert.InRange(Difference(expected[graph.Outputs[0]]!, result.Output<float>()), 0, Tolerance);
        }

        Assert.Equal(2 * graph.Nodes.Count, compared);
        output.WriteLine($"{name}: {compared} tensors, the worst differs by {worst:e2} of its largest magnitude");
    }

    private static double Difference(double[] expected, ReadOnlySpan<float> actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        double most = 0, largest = double.Epsilon;
        for (int i = 0; i < expected.Length; i++)
        {
            most = Math.Max(most, Math.Abs(expected[i] - actual[i]));
            largest = Math.Max(largest, Math.Abs(expected[i]));
        }

        return most / largest;
    }
}
