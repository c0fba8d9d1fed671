using System.Runtime.InteropServices;
using EdgeRuntime.Kernels;
using EdgeRuntime.Model;
using EdgeRuntime.Tests.Cases;

namespace EdgeRuntime.Tests.Kernels;

/// <summary>
/// Every int8 case computed in real numbers as well: inputs and constants dequantized, the float32 reference kernel run, the result quantized. The int8 result may
/// differ by a unit, from rounding twice; a wrong multiplier, zero point or limit shows as more.
/// </summary>
public class QuantizedAgainstRealTests
{
    // The binary operators read packed bits, which have no scale: there is no float twin with the same inputs.
    private static readonly OperatorKind[] notMeant =
    [
        OperatorKind.Quantize, OperatorKind.Dequantize, OperatorKind.Requantize, OperatorKind.ArgMax,
        OperatorKind.BinaryConv2D, OperatorKind.BinaryDepthwiseConv2D, OperatorKind.BinaryFullyConnected, OperatorKind.Binarize,
    ];

    public static TheoryData<OperatorKind> Kinds =>
        [.. OperatorCases.All.Where(c => !notMeant.Contains(c.Kind) && c.Name.StartsWith("int8", StringComparison.OrdinalIgnoreCase)).Select(c => c.Kind).Distinct()];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Int8_is_within_a_unit_of_the_real_result(OperatorKind kind)
    {
        foreach (OperatorCase c in OperatorCases.All.Where(c => c.Kind == kind && c.Name.StartsWith("int8", StringComparison.OrdinalIgnoreCase)))
        {
            Graph graph = c.Build(4);
            byte[][] inputs = OperatorCase.InputBytes(graph, 4);
            byte[][] actual = KernelRunner.Run(Reference(graph), graph, inputs);

            Graph real = Dequantized(graph);
            byte[][] realInputs = [.. inputs.Select((bytes, i) => Dequantize(bytes, graph.Tensors[graph.Inputs[i]].Quantization!))];
            byte[][] expected = KernelRunner.Run(Reference(real), real, realInputs);
            for (int o = 0; o < actual.Length; o++)
                Compare(c, graph.Tensors[graph.Nodes[0].Outputs[o]].Quantization!, MemoryMarshal.Cast<byte, float>(expected[o]), MemoryMarshal.Cast<byte, sbyte>(actual[o]));
        }
    }

    private static void Compare(OperatorCase c, Quantization q, ReadOnlySpan<float> real, ReadOnlySpan<sbyte> actual)
    {
        // HardSwish works with 16-bit factors on a scale that may be coarse: its own error is up to 1/256 of the output's range.
        double limit = c.Kind == OperatorKind.HardSwish ? 2.5 : 1.01;
        for (int i = 0; i < actual.Length; i++)
        {
            double ideal = Math.Clamp(real[i] / (double)q.Scale + q.ZeroPoint, sbyte.MinValue, sbyte.MaxValue);
            Assert.True(Math.Abs(actual[i] - ideal) <= limit, $"{c}: element {i} is {actual[i]}; in real numbers {ideal}");
        }
    }

    private static KernelEntry Reference(Graph graph) => KernelTable.Entries.Single(e => e.IsReference && KernelRunner.Supports(e, graph));

    private static Graph Dequantized(Graph graph)
    {
        TensorInfo[] tensors = [.. graph.Tensors];
        float inputScale = tensors[graph.Nodes[0].Inputs[0]].Quantization!.Scale;
        IReadOnlyList<int> inputs = graph.Nodes[0].Inputs;
        Quantization? weights = inputs.Count > 1 ? tensors[inputs[1]].Quantization : null;
        for (int t = 0; t < tensors.Length; t++)
        {
            TensorInfo info = tensors[t];
            ReadOnlyMemory<byte>? data = info.Data switch
            {
                null => null,
                { } bytes when info.Type == DataType.Int32 => RealBias(bytes.ToArray(), inputScale, weights!),
                { } bytes => Dequantize(bytes.ToArray(), info.Quantization!, info.Shape),
            };
            tensors[t] = new TensorInfo(info.Name, DataType.Float32, info.Shape, null, data);
        }

        return new Graph(tensors, graph.Nodes, graph.Inputs, graph.Outputs);
    }

    private static byte[] RealBias(byte[] bias, float inputScale, Quantization weights)
    {
        float[] real = [.. MemoryMarshal.Cast<byte, int>(bias).ToArray().Select((b, c) => (float)((double)b * inputScale * weights.Scales[weights.Scales.Length > 1 ? c : 0]))];
        return MemoryMarshal.AsBytes<float>(real).ToArray();
    }

    private static byte[] Dequantize(byte[] bytes, Quantization q, Shape shape = default)
    {
        int inner = 1;
        for (int d = q.Axis + 1; q.IsPerChannel && d < shape.Rank; d++)
            inner *= shape[d];
        float[] real = [.. bytes.Select((b, i) => q.Scales[q.IsPerChannel ? i / inner % q.Scales.Length : 0] * ((sbyte)b - q.ZeroPoint))];
        return MemoryMarshal.AsBytes<float>(real).ToArray();
    }
}
