using EdgeRuntime.Model;

namespace EdgeRuntime.Compression.Import.TFLite;

/// <summary>Reads the tables of a file into a <see cref="SourceModel"/>; refuses counts over its limits and impossible values.</summary>
internal sealed class SourceModelReader
{
    /// <summary>Most tensors of a subgraph.</summary>
    public const int MaxTensors = 65_536;

    /// <summary>Most operators of a subgraph.</summary>
    public const int MaxOperators = 16_384;

    /// <summary>Most operator codes and constant buffers of a file.</summary>
    private const int MaxEntries = 65_536;

    /// <summary>Most inputs or outputs of one operator.</summary>
    private const int MaxOperands = 4_096;

    private readonly FlatTable model;
    private readonly FlatVector codes;
    private readonly FlatVector buffers;

    private SourceModelReader(FlatBuffer file)
    {
        model = file.Root(Schema.Identifier);
        uint version = model.UInt(Schema.Model.Version);
        if (version != Schema.Version)
            throw new ImportException(ImportError.NotAModel, $"the schema version is {version}; this importer reads version {Schema.Version}");
        codes = model.Tables(Schema.Model.OperatorCodes);
        codes.Limit("operator codes", MaxEntries);
        buffers = model.Tables(Schema.Model.Buffers);
        buffers.Limit("buffers", MaxEntries);
    }

    /// <summary>Reads a file.</summary>
    /// <exception cref="ImportException">The file is damaged or too large.</exception>
    public static SourceModel Read(byte[] bytes) => new SourceModelReader(new FlatBuffer(bytes)).Read();

    private SourceModel Read()
    {
        FlatVector subgraphs = model.Tables(Schema.Model.Subgraphs);
        if (subgraphs.Count == 0)
            throw FlatBuffer.Corrupt("the file has no subgraph");
        FlatTable graph = subgraphs.Table(0);

        FlatVector tensorTables = graph.Tables(Schema.Subgraph.Tensors);
        tensorTables.Limit("tensors", MaxTensors);
        var tensors = new SourceTensor[tensorTables.Count];
        for (int i = 0; i < tensors.Length; i++)
            tensors[i] = ReadTensor(i, tensorTables.Table(i));

        FlatVector operatorTables = graph.Tables(Schema.Subgraph.Operators);
        operatorTables.Limit("operators", MaxOperators);
        var operators = new SourceOperator[operatorTables.Count];
        for (int i = 0; i < operators.Length; i++)
            operators[i] = ReadOperator(i, operatorTables.Table(i));

        return new SourceModel(
            model.String(Schema.Model.Description),
            tensors,
            operators,
            graph.Vector(Schema.Subgraph.Inputs, 4).Ints("inputs of the network", MaxOperands),
            graph.Vector(Schema.Subgraph.Outputs, 4).Ints("outputs of the network", MaxOperands),
            subgraphs.Count);
    }

    private SourceTensor ReadTensor(int index, FlatTable table)
    {
        string name = table.String(Schema.Tensor.Name);
        string what = $"tensor {index} '{name}'";
        int[] dimensions = table.Vector(Schema.Tensor.Shape, 4).Ints(what + " dimensions", 64);
        int[] signature = table.Vector(Schema.Tensor.ShapeSignature, 4).Ints(what + " shape signature", 64);
        string? unsupported = null;
        if (table.Has(Schema.Tensor.Sparsity) && table.Table(Schema.Tensor.Sparsity) is not null)
            unsupported = "is sparse";
        else if (table.Bool(Schema.Tensor.IsVariable))
            unsupported = "is a variable";
        else if (table.UInt(Schema.Tensor.ExternalBuffer) != 0)
            unsupported = "keeps its data in another file";

        Quantization? quantization = null;
        var type = (TensorType)table.Byte(Schema.Tensor.Type);
        if (table.Table(Schema.Tensor.Quantization) is { } q)
        {
            if (q.Byte(Schema.Quantization.DetailsType) != 0)
                unsupported ??= "has a quantization other than scale and zero point";
            else if (type is TensorType.Int8 or TensorType.Int32)
                quantization = ReadQuantization(q, what, type, dimensions);
        }

        return new SourceTensor(index, name, type, dimensions, signature, quantization, ReadData(table.UInt(Schema.Tensor.Buffer), what), unsupported);
    }

    private static Quantization? ReadQuantization(FlatTable table, string what, TensorType type, int[] dimensions)
    {
        FlatVector scaleValues = table.Vector(Schema.Quantization.Scale, 4);
        FlatVector zeroValues = table.Vector(Schema.Quantization.ZeroPoint, 8);
        if (scaleValues.Count == 0)
            return null;
        int axis = -1;
        if (scaleValues.Count > 1)
        {
            // Biases have one dimension, but some converters give them the axis of the weights.
            axis = dimensions.Length == 1 ? 0 : table.Int(Schema.Quantization.QuantizedDimension);
            if ((uint)axis >= (uint)dimensions.Length || dimensions[axis] != scaleValues.Count)
                throw FlatBuffer.Corrupt($"{what} has {scaleValues.Count} scales along dimension {axis} of {string.Join('x', dimensions)}");
        }

        if (zeroValues.Count != 0 && zeroValues.Count != 1 && zeroValues.Count != scaleValues.Count)
            throw FlatBuffer.Corrupt($"{what} has {scaleValues.Count} scales and {zeroValues.Count} zero points");
        float[] scales = scaleValues.Floats(what + " scales", Shape.MaxRank << 20);
        zeroValues.Limit(what + " zero points", Shape.MaxRank << 20);
        int[] zeroPoints = new int[scales.Length];
        for (int i = 0; i < zeroPoints.Length && zeroValues.Count > 0; i++)
        {
            long z = zeroValues.Long(zeroValues.Count == 1 ? 0 : i);
            (long low, long high) = type == TensorType.Int8 ? (sbyte.MinValue, sbyte.MaxValue) : (0L, 0L);
            if (z < low || z > high)
                throw FlatBuffer.Corrupt($"{what} has zero point {z}; the limits are {low} and {high}");
            zeroPoints[i] = (int)z;
        }

        return new Quantization(scales, zeroPoints, axis);
    }

    /// <summary>The bytes of a buffer; null for the empty ones that activations refer to.</summary>
    private ReadOnlyMemory<byte>? ReadData(uint buffer, string what)
    {
        if (buffer == 0)
            return null;
        if (buffer >= (uint)buffers.Count)
            throw FlatBuffer.Corrupt($"{what} names buffer {buffer}; the file has {buffers.Count}");
        FlatTable table = buffers.Table((int)buffer);
        if (table.ULong(Schema.Buffer.Offset) > 1)
            throw new ImportException(ImportError.TooLarge, $"{what} keeps its data outside the FlatBuffers part, as only files over 2 GB do");
        FlatVector data = table.Vector(Schema.Buffer.Data, 1);
        return data.Count == 0 ? (ReadOnlyMemory<byte>?)null : data.Bytes();
    }

    private SourceOperator ReadOperator(int index, FlatTable table)
    {
        uint opcode = table.UInt(Schema.Operator.OpcodeIndex);
        if (opcode >= (uint)codes.Count)
            throw FlatBuffer.Corrupt($"operator {index} names operator code {opcode}; the file has {codes.Count}");
        FlatTable entry = codes.Table((int)opcode);
        int code = Math.Max((sbyte)entry.Byte(Schema.OperatorCode.DeprecatedBuiltinCode), entry.Int(Schema.OperatorCode.BuiltinCode));
        string name = BuiltinOperatorNames.Of(code);
        string customCode = "";
        if (code == (int)BuiltinOperator.Custom)
        {
            customCode = entry.String(Schema.OperatorCode.CustomCode);
            name = $"{name} '{customCode}'";
        }

        int[] inputs = table.Vector(Schema.Operator.Inputs, 4).Ints($"inputs of operator {index}", MaxOperands);
        int[] outputs = table.Vector(Schema.Operator.Outputs, 4).Ints($"outputs of operator {index}", MaxOperands);
        int optionsType = table.Byte(Schema.Operator.OptionsType);
        return new SourceOperator(
            index, code, name, inputs, outputs, optionsType, optionsType == 0 ? null : table.Table(Schema.Operator.Options),
            customCode, customCode.Length == 0 ? default : table.Vector(Schema.Operator.CustomOptions, 1).Bytes());
    }
}
