using System.Runtime.InteropServices;
using EdgeRuntime.Onnx;
using Google.Protobuf;
using AttributeType = EdgeRuntime.Onnx.AttributeProto.Types.AttributeType;
using Type = EdgeRuntime.Onnx.TensorProto.Types.DataType;

namespace EdgeRuntime.Compression.Tests.Onnx;

/// <summary>Writes an ONNX network node by node, as an exporter would.</summary>
internal sealed class OnnxNetwork
{
    private readonly GraphProto graph = new() { Name = "test" };
    private readonly Random random;
    private readonly int operatorSet;
    private int made;

    public OnnxNetwork(int operatorSet = 17, int seed = 1)
    {
        this.operatorSet = operatorSet;
        random = new Random(seed);
    }

    public string Input(params int[] dims)
    {
        graph.Input.Add(Info("x", Type.Float, dims));
        return "x";
    }

    /// <summary>Adds an input with a dimension that is known only at run time.</summary>
    public string DynamicInput(string name, int dynamic, params int[] dims)
    {
        ValueInfoProto info = Info(name, Type.Float, dims);
        info.Type.TensorType.Shape.Dim[dynamic] = new TensorShapeProto.Types.Dimension { DimParam = "n" };
        graph.Input.Add(info);
        return name;
    }

    public string Node(string kind, IEnumerable<string> inputs, params (string Name, object Value)[] attributes) => Nodes(kind, inputs, 1, "", attributes)[0];

    public string Microsoft(string kind, IEnumerable<string> inputs, params (string Name, object Value)[] attributes) => Nodes(kind, inputs, 1, "com.microsoft", attributes)[0];

    public string[] Nodes(string kind, IEnumerable<string> inputs, int outputs, string domain = "", params (string Name, object Value)[] attributes)
    {
        var node = new NodeProto { OpType = kind, Name = $"{kind}_{++made}", Domain = domain };
        node.Input.AddRange(inputs);
        node.Output.AddRange(Enumerable.Range(0, outputs).Select(i => $"{node.Name}/{i}"));
        node.Attribute.AddRange(attributes.Select(a => Attribute(a.Name, a.Value)));
        graph.Node.Add(node);
        return [.. node.Output];
    }

    /// <summary>Random weights about as large as trained ones.</summary>
    public string Weights(params int[] dims)
    {
        int count = dims.Aggregate(1, (p, d) => p * d);
        double size = Math.Sqrt(3.0 * Math.Max(1, dims[0]) / count);
        return Floats([.. Enumerable.Range(0, count).Select(_ => (float)(((random.NextDouble() * 2) - 1) * size))], dims);
    }

    public string Floats(float[] values, params int[] dims) => Initializer(Type.Float, MemoryMarshal.AsBytes<float>(values).ToArray(), dims);

    public string Positive(int count) => Floats([.. Enumerable.Range(0, count).Select(_ => 0.5f + random.NextSingle())], count);

    public string Scalar(float value) => Floats([value]);

    public string Longs(params long[] values) => Initializer(Type.Int64, MemoryMarshal.AsBytes<long>(values).ToArray(), values.Length);

    /// <summary>A single index.</summary>
    public string Index(long value) => Initializer(Type.Int64, BitConverter.GetBytes(value));

    public string Int8(sbyte[] values, params int[] dims) => Initializer(Type.Int8, MemoryMarshal.AsBytes<sbyte>(values).ToArray(), dims);

    public string UInt8(byte[] values, params int[] dims) => Initializer(Type.Uint8, values, dims);

    public string Int32(int[] values, params int[] dims) => Initializer(Type.Int32, MemoryMarshal.AsBytes<int>(values).ToArray(), dims);

    public string Empty() => Initializer(Type.Float, [], 0);

    public int[] RandomInts(int count, int limit) => [.. Enumerable.Range(0, count).Select(_ => random.Next(-limit, limit + 1))];

    /// <summary>QuantizeLinear and DequantizeLinear of an activation.</summary>
    public string Pass(string value, float scale, int zeroPoint, bool unsigned = false)
    {
        string[] parameters = Parameters(scale, zeroPoint, unsigned);
        return Node("DequantizeLinear", [Node("QuantizeLinear", [value, .. parameters]), .. parameters]);
    }

    /// <summary>A scale and a zero point.</summary>
    public string[] Parameters(float scale, int zeroPoint, bool unsigned = false) =>
        [Scalar(scale), unsigned ? UInt8([(byte)zeroPoint]) : Int8([(sbyte)zeroPoint])];

    public ModelProto Model(params string[] outputs)
    {
        foreach (string output in outputs)
            graph.Output.Add(new ValueInfoProto { Name = output, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)Type.Float } } });
        return new ModelProto
        {
            IrVersion = 8,
            ProducerName = "tests",
            Graph = graph,
            OpsetImport = { new OperatorSetIdProto { Version = operatorSet }, new OperatorSetIdProto { Domain = "com.microsoft", Version = 1 } },
        };
    }

    /// <summary>The file's bytes.</summary>
    public byte[] Build(params string[] outputs) => Model(outputs).ToByteArray();

    public byte[] BuildIndex(string output)
    {
        ModelProto model = Model(output);
        model.Graph.Output[0].Type.TensorType.ElemType = (int)Type.Int64;
        return model.ToByteArray();
    }

    private static AttributeProto Attribute(string name, object value) => value switch
    {
        int i => new AttributeProto { Name = name, Type = AttributeType.Int, I = i },
        float f => new AttributeProto { Name = name, Type = AttributeType.Float, F = f },
        string s => new AttributeProto { Name = name, Type = AttributeType.String, S = ByteString.CopyFromUtf8(s) },
        int[] list => new AttributeProto { Name = name, Type = AttributeType.Ints, Ints = { list.Select(v => (long)v) } },
        _ => throw new ArgumentException($"no attribute for {value.GetType()}"),
    };

    private static ValueInfoProto Info(string name, Type type, int[] dims) => new()
    {
        Name = name,
        Type = new TypeProto
        {
            TensorType = new TypeProto.Types.Tensor
            {
                ElemType = (int)type,
                Shape = new TensorShapeProto { Dim = { dims.Select(d => new TensorShapeProto.Types.Dimension { DimValue = d }) } },
            },
        },
    };

    private string Initializer(Type type, byte[] bytes, params int[] dims)
    {
        string name = $"constant_{++made}";
        graph.Initializer.Add(new TensorProto { Name = name, DataType = (int)type, Dims = { dims.Select(d => (long)d) }, RawData = ByteString.CopyFrom(bytes) });
        return name;
    }
}
