using System.Runtime.InteropServices;
using EdgeRuntime.Model;

namespace EdgeRuntime.Training.Export;

/// <summary>Adds the operators of the runtime one by one; each method returns the value that the operator writes.</summary>
internal sealed class GraphEmitter
{
    private readonly GraphBuilder builder = new();
    private int count;

    public ExportedValue Input(int height, int width, int channels)
    {
        var shape = new Shape(1, height, width, channels);
        int tensor = builder.AddActivation("input", DataType.Float32, shape);
        builder.AddInput(tensor);
        return new ExportedValue(tensor, DataType.Float32, shape);
    }

    public Graph Finish(ExportedValue output)
    {
        builder.AddOutput(output.Tensor);
        return builder.Build();
    }

    public int Constant(string name, float[] values, params int[] shape) =>
        builder.AddConstant(name, DataType.Float32, new Shape(shape), MemoryMarshal.AsBytes<float>(values).ToArray());

    /// <summary>Weights of a bit each, times a scale per output, which is stored once where all are the same.</summary>
    public int ScaledBits(string name, bool[] negative, float[] scales, params int[] shape)
    {
        float[] stored = scales.Distinct().Count() == 1 ? [scales[0]] : scales;
        var quantization = new Quantization(stored, new int[stored.Length], stored.Length == 1 ? -1 : 0);
        return builder.AddTensor(new TensorInfo(name, DataType.Bit, new Shape(shape), quantization, SignThresholds.Pack(negative, shape[^1])));
    }

    public int Constant(string name, int[] values) =>
        builder.AddConstant(name, DataType.Int32, new Shape(values.Length), MemoryMarshal.AsBytes<int>(values).ToArray());

    public int Bits(string name, ReadOnlySpan<bool> negative, params int[] shape) =>
        builder.AddConstant(name, DataType.Bit, new Shape(shape), SignThresholds.Pack(negative, shape[^1]));

    /// <summary>Directions as bits, or -1 (absent) where none is turned.</summary>
    public int Directions(string name, bool[] turned) => turned.Contains(true) ? Bits(name, turned, turned.Length) : -1;

    /// <summary>A name for the next operator's tensors.</summary>
    public string NextName(string kind) => $"{kind}{++count}";

    public ExportedValue Add(OperatorKind kind, string name, ReadOnlySpan<int> inputs, DataType type, Shape shape, OperatorOptions? options = null)
    {
        int output = builder.AddActivation(name, type, shape);
        builder.AddNode(kind, name, inputs, [output], options);
        return new ExportedValue(output, type, shape);
    }

    public ExportedValue Reshape(ExportedValue x, params int[] shape) =>
        x.Shape == new Shape(shape) ? x : Add(OperatorKind.Reshape, NextName("reshape"), [x.Tensor], x.Type, new Shape(shape)) with { Offset = x.Offset };

    public ExportedValue Pool(OperatorKind kind, ExportedValue x, int window, int windowWidth, int stride, int padding)
    {
        if (!x.IsMap)
            throw new TrainingException(TrainingError.Export, $"pooling of a tensor of {x.Shape}; a map is needed");
        var shape = new Shape(1, Size(x.Shape[1], window, stride, padding), Size(x.Shape[2], windowWidth, stride, padding), x.Channels);
        var options = new Pool2DOptions
        {
            FilterHeight = window,
            FilterWidth = windowWidth,
            StrideHeight = stride,
            StrideWidth = stride,
            Padding = Border(padding),
        };
        return Add(kind, NextName("pool"), [x.Tensor], x.Type, shape, options) with { Offset = x.Offset };
    }

    public static Padding2D Border(int padding) => padding == 0 ? Padding2D.Valid : Padding2D.Of(padding, padding, padding, padding);

    public static int Size(int input, int window, int stride, int padding) => (input + 2 * padding - window) / stride + 1;
}
