using System.Runtime.InteropServices;
using Google.FlatBuffers;

namespace EdgeRuntime.Compression.Tests.Import;

/// <summary>
/// Writes TensorFlow Lite files (schema version 3) for tests. Field numbers, union members and operator codes are those of the published schema,
/// written down here once more, independently of the importer.
/// </summary>
internal sealed class TFLiteFile
{
    public const byte Float32 = 0;
    public const byte Int32 = 2;
    public const byte UInt8 = 3;
    public const byte Int64 = 4;
    public const byte Int16 = 7;
    public const byte Int8 = 9;

    private readonly List<FileTensor> tensors = [];
    private readonly List<FileOperator> operators = [];

    public List<int> Inputs { get; } = [];

    public List<int> Outputs { get; } = [];

    public int Subgraphs { get; init; } = 1;

    public uint Version { get; init; } = 3;

    public string Description { get; init; } = "written by a test";

    public IReadOnlyList<FileTensor> Tensors => tensors;

    public int Add(FileTensor tensor)
    {
        tensors.Add(tensor);
        return tensors.Count - 1;
    }

    /// <summary>An int32 vector that is a constant: a shape, axes, paddings.</summary>
    public int Ints(params int[] values) => Add(new FileTensor($"ints{tensors.Count}", Int32, [values.Length]) { Data = MemoryMarshal.AsBytes<int>(values).ToArray() });

    /// <summary>An int64 vector that is a constant.</summary>
    public int Longs(params long[] values) => Add(new FileTensor($"longs{tensors.Count}", Int64, [values.Length]) { Data = MemoryMarshal.AsBytes<long>(values).ToArray() });

    /// <summary>An int32 scalar that is a constant.</summary>
    public int Scalar(int value) => Add(new FileTensor($"scalar{tensors.Count}", Int32, []) { Data = MemoryMarshal.AsBytes<int>([value]).ToArray() });

    public void Operator(int code, int[] inputs, int[] outputs, Options? options = null, string? custom = null, byte[]? customOptions = null) =>
        operators.Add(new FileOperator(code, inputs, outputs, options, custom, customOptions));

    public byte[] Build()
    {
        var b = new FlatBufferBuilder(1024) { ForceDefaults = true };
        int[] graphs = [.. Enumerable.Range(0, Subgraphs).Select(_ => Subgraph(b))];
        int subgraphs = Vector(b, graphs);
        int codes = Vector(b, [.. operators.Select(o => Code(b, o))]);
        int buffers = Vector(b, [Buffer(b, null), .. tensors.Select(t => Buffer(b, t.Data))]);
        int description = b.CreateString(Description).Value;
        b.StartTable(5);
        b.AddUint(0, Version, 0);
        b.AddOffset(1, codes, 0);
        b.AddOffset(2, subgraphs, 0);
        b.AddOffset(3, description, 0);
        b.AddOffset(4, buffers, 0);
        b.Finish(b.EndTable(), "TFL3");
        return b.SizedByteArray();
    }

    private int Subgraph(FlatBufferBuilder b)
    {
        int tensorTables = Vector(b, [.. tensors.Select((t, i) => Tensor(b, t, i + 1))]);
        int operatorTables = Vector(b, [.. operators.Select((o, i) => Operator(b, o, i))]);
        int inputs = Numbers(b, Inputs);
        int outputs = Numbers(b, Outputs);
        b.StartTable(5);
        b.AddOffset(0, tensorTables, 0);
        b.AddOffset(1, inputs, 0);
        b.AddOffset(2, outputs, 0);
        b.AddOffset(3, operatorTables, 0);
        return b.EndTable();
    }

    private static int Tensor(FlatBufferBuilder b, FileTensor tensor, int buffer)
    {
        int shape = Numbers(b, tensor.Shape);
        int name = b.CreateString(tensor.Name).Value;
        int quantization = tensor.Scales.Length == 0 ? 0 : Quantization(b, tensor);
        int signature = tensor.Signature.Length == 0 ? 0 : Numbers(b, tensor.Signature);
        int sparsity = 0;
        if (tensor.Sparse)
        {
            b.StartTable(3);
            sparsity = b.EndTable();
        }

        b.StartTable(8);
        b.AddOffset(0, shape, 0);
        b.AddByte(1, tensor.Type, 0);
        b.AddUint(2, tensor.Data is null ? 0 : (uint)buffer, 0);
        b.AddOffset(3, name, 0);
        if (quantization != 0)
            b.AddOffset(4, quantization, 0);
        b.AddBool(5, tensor.Variable, false);
        if (sparsity != 0)
            b.AddOffset(6, sparsity, 0);
        if (signature != 0)
            b.AddOffset(7, signature, 0);
        return b.EndTable();
    }

    private static int Quantization(FlatBufferBuilder b, FileTensor tensor)
    {
        b.StartVector(4, tensor.Scales.Length, 4);
        foreach (float scale in tensor.Scales.Reverse())
            b.AddFloat(scale);
        int scales = b.EndVector().Value;
        b.StartVector(8, tensor.ZeroPoints.Length, 8);
        foreach (long zero in tensor.ZeroPoints.Reverse())
            b.AddLong(zero);
        int zeroPoints = b.EndVector().Value;
        b.StartTable(7);
        b.AddOffset(2, scales, 0);
        b.AddOffset(3, zeroPoints, 0);
        b.AddInt(6, tensor.Axis, 0);
        return b.EndTable();
    }

    private static int Operator(FlatBufferBuilder b, FileOperator op, int code)
    {
        int inputs = Numbers(b, op.Inputs);
        int outputs = Numbers(b, op.Outputs);
        int options = op.Options?.Write(b) ?? 0;
        int customOptions = op.CustomOptions is null ? 0 : Bytes(b, op.CustomOptions, 1);
        b.StartTable(9);
        b.AddUint(0, (uint)code, 0);
        b.AddOffset(1, inputs, 0);
        b.AddOffset(2, outputs, 0);
        if (op.Options is { } given)
        {
            b.AddByte(3, given.UnionMember, 0);
            b.AddOffset(4, options, 0);
        }

        if (customOptions != 0)
            b.AddOffset(5, customOptions, 0);
        return b.EndTable();
    }

    /// <summary>One code per operator, with the old one-byte field for those that fit it, as converters write it.</summary>
    private static int Code(FlatBufferBuilder b, FileOperator op)
    {
        int custom = op.Custom is null ? 0 : b.CreateString(op.Custom).Value;
        b.StartTable(4);
        b.AddByte(0, (byte)Math.Min(op.Code, 127), 0);
        if (custom != 0)
            b.AddOffset(1, custom, 0);
        b.AddInt(2, 1, 0);
        b.AddInt(3, op.Code, 0);
        return b.EndTable();
    }

    private static int Buffer(FlatBufferBuilder b, byte[]? data)
    {
        int vector = data is null ? 0 : Bytes(b, data, 16);
        b.StartTable(1);
        if (vector != 0)
            b.AddOffset(0, vector, 0);
        return b.EndTable();
    }

    private static int Bytes(FlatBufferBuilder b, byte[] data, int alignment)
    {
        b.StartVector(1, data.Length, alignment);
        foreach (byte value in data.Reverse())
            b.AddByte(value);
        return b.EndVector().Value;
    }

    private static int Vector(FlatBufferBuilder b, int[] tables)
    {
        b.StartVector(4, tables.Length, 4);
        foreach (int table in tables.Reverse())
            b.AddOffset(table);
        return b.EndVector().Value;
    }

    private static int Numbers(FlatBufferBuilder b, IReadOnlyList<int> values)
    {
        b.StartVector(4, values.Count, 4);
        for (int i = values.Count - 1; i >= 0; i--)
            b.AddInt(values[i]);
        return b.EndVector().Value;
    }

    private sealed record FileOperator(int Code, int[] Inputs, int[] Outputs, Options? Options, string? Custom, byte[]? CustomOptions);
}

/// <summary>A tensor of a written file.</summary>
internal sealed record FileTensor(string Name, byte Type, int[] Shape)
{
    public byte[]? Data { get; init; }

    public float[] Scales { get; init; } = [];

    public long[] ZeroPoints { get; init; } = [];

    public int Axis { get; init; }

    public int[] Signature { get; init; } = [];

    public bool Sparse { get; init; }

    public bool Variable { get; init; }
}

/// <summary>An options table: the member of the schema's union, and its fields by number (bool, byte, int or float; int[] for a vector).</summary>
internal sealed record Options(byte UnionMember, params (int Field, object Value)[] Fields)
{
    public int Write(FlatBufferBuilder b)
    {
        var vectors = new Dictionary<int, int>();
        foreach ((int field, object value) in Fields)
        {
            if (value is not int[] values)
                continue;
            b.StartVector(4, values.Length, 4);
            foreach (int v in values.Reverse())
                b.AddInt(v);
            vectors[field] = b.EndVector().Value;
        }

        b.StartTable(Fields.Length == 0 ? 0 : Fields.Max(f => f.Field) + 1);
        foreach ((int field, object value) in Fields)
        {
            switch (value)
            {
                case bool v:
                    b.AddBool(field, v, false);
                    break;
                case byte v:
                    b.AddByte(field, v, 0);
                    break;
                case int v:
                    b.AddInt(field, v, 0);
                    break;
                case float v:
                    b.AddFloat(field, v, 0);
                    break;
                default:
                    b.AddOffset(field, vectors[field], 0);
                    break;
            }
        }

        return b.EndTable();
    }
}
