using System.Runtime.InteropServices;
using EdgeRuntime.Model;
using EdgeRuntime.Onnx;
using Google.Protobuf;
using AttributeType = EdgeRuntime.Onnx.AttributeProto.Types.AttributeType;
using OnnxType = EdgeRuntime.Onnx.TensorProto.Types.DataType;

namespace EdgeRuntime.Benchmarks;

/// <summary>Nodes, constants and quantizers of an ONNX graph. Activations are unsigned, which ONNX Runtime advises for x64: zero points are 128 higher than here.</summary>
internal sealed class QdqGraphWriter
{
    private const int UnsignedOffset = 128;
    private readonly GraphProto graph = new() { Name = "edge" };
    private int made;

    /// <summary>The file's bytes.</summary>
    public byte[] Build() => new ModelProto
    {
        IrVersion = 8,
        ProducerName = "EdgeRuntime",
        Graph = graph,
        OpsetImport = { new OperatorSetIdProto { Version = 17 } },
    }.ToByteArray();

    public void Input(string name, ReadOnlySpan<int> dims) => graph.Input.Add(Info(name, dims));

    public void Output(string name, ReadOnlySpan<int> dims) => graph.Output.Add(Info(name, dims));

    /// <summary>Adds a node and returns the name of its output.</summary>
    public string Node(string kind, IEnumerable<string> inputs, params ReadOnlySpan<(string Name, object Value)> attributes)
    {
        var node = new NodeProto { OpType = kind, Name = $"{kind}{++made}" };
        node.Input.AddRange(inputs);
        node.Output.Add(node.Name);
        foreach ((string name, object value) in attributes)
        {
            node.Attribute.Add(value switch
            {
                int i => new AttributeProto { Name = name, Type = AttributeType.Int, I = i },
                int[] list => new AttributeProto { Name = name, Type = AttributeType.Ints, Ints = { list.Select(v => (long)v) } },
                _ => throw new ArgumentException($"no attribute of {value.GetType()}"),
            });
        }

        graph.Node.Add(node);
        return node.Name;
    }

    /// <summary>Real values of an activation.</summary>
    public string Dequantize(string value, Quantization q) => Node("DequantizeLinear", [value, .. Parameters(q)]);

    /// <summary>Quantizes real values to the named tensor.</summary>
    public void Quantize(string value, Quantization q, string name)
    {
        string made = Node("QuantizeLinear", [value, .. Parameters(q)]);
        graph.Node[^1].Output[0] = name;
        graph.Node[^1].Name = made;
    }

    /// <summary>Real values of a constant of int8 or int32, with a scale for each slice along the first axis.</summary>
    public string Constant<T>(T[] values, float[] scales, params int[] dims)
        where T : unmanaged
    {
        OnnxType type = typeof(T) == typeof(sbyte) ? OnnxType.Int8 : OnnxType.Int32;
        string scale = Initializer(OnnxType.Float, scales, scales.Length);
        string zero = Initializer(type, new T[scales.Length], scales.Length);
        return Node("DequantizeLinear", [Initializer(type, values, dims), scale, zero], ("axis", 0));
    }

    /// <summary>A real scalar.</summary>
    public string Scalar(float value) => Initializer<float>(OnnxType.Float, [value]);

    /// <summary>A list of sizes.</summary>
    public string Sizes(params long[] values) => Initializer(OnnxType.Int64, values, values.Length);

    private static ValueInfoProto Info(string name, ReadOnlySpan<int> dims)
    {
        var shape = new TensorShapeProto();
        foreach (int d in dims)
            shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimValue = d });
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)OnnxType.Uint8, Shape = shape } } };
    }

    private string[] Parameters(Quantization q) => [Scalar(q.Scale), Initializer(OnnxType.Uint8, [(byte)(q.ZeroPoint + UnsignedOffset)])];

    private string Initializer<T>(OnnxType type, T[] values, params int[] dims)
        where T : unmanaged
    {
        string name = $"constant{++made}";
        graph.Initializer.Add(new TensorProto
        {
            Name = name,
            DataType = (int)type,
            Dims = { dims.Select(d => (long)d) },
            RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes<T>(values)),
        });
        return name;
    }
}
