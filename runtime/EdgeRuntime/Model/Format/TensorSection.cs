using System.Buffers.Binary;

namespace EdgeRuntime.Model.Format;

/// <summary>Reads the tensors section and the constants that it places in the weights section.</summary>
internal static class TensorSection
{
    private const int LeastRecordLength = 8;

    public static TensorInfo[] Read(FileSections sections, StringTable strings, long fileLength)
    {
        ReadOnlyMemory<byte> weights = sections[SectionKind.Weights];
        var reader = new SectionReader(SectionKind.Tensors, sections.Needed(SectionKind.Tensors).Span);
        var tensors = new TensorInfo[reader.Count("tensors", EdgeFile.MaxTensors, LeastRecordLength)];
        long weightsEnd = 0;
        long decoded = 0;
        long decodedLimit = Math.Min(EdgeFile.MaxDecodedBytes, fileLength * EdgeFile.MaxDecodedRatio);
        for (int i = 0; i < tensors.Length; i++)
        {
            TensorInfo tensor = ReadTensor(ref reader, strings, out bool constant);
            if (constant)
            {
                ReadOnlyMemory<byte> stored = Place(ref reader, tensor, weights, ref weightsEnd);
                if (tensor.Encoding != TensorEncoding.Raw)
                    decoded += tensor.ByteSize;
                if (decoded > decodedLimit)
                    throw reader.Wrong($"the constants up to '{tensor.Name}' need {decoded} bytes when decoded; the limit is {decodedLimit}", ModelError.TooLarge);
                tensor = tensor with { Data = TensorCodec.For(tensor.Encoding, tensor.Name).Decode(tensor, stored) };
                CheckBitPadding(tensor);
            }

            tensors[i] = tensor;
        }

        reader.Finish();
        if (weightsEnd != weights.Length)
            throw reader.Wrong($"the constants end at byte {weightsEnd} of the weights, which have {weights.Length}");
        return tensors;
    }

    public static void WriteQuantization(SectionWriter writer, TensorInfo tensor, Quantization quantization)
    {
        if (CheckQuantization(tensor.Type, tensor.Shape, quantization.Axis, quantization.Scales.Length, quantization.ZeroPoints) is { } wrong)
            throw new EdgeModelException(ModelError.BadType, $"tensor '{tensor.Name}': {wrong}");
        writer.I32(quantization.Axis);
        writer.U32((uint)quantization.Scales.Length);
        foreach (float scale in quantization.Scales)
            writer.F32(scale);
        foreach (int zeroPoint in quantization.ZeroPoints)
            writer.I32(zeroPoint);
    }

    /// <summary>Refuses packed constants with unused bits that are set: kernels count them.</summary>
    public static void CheckBitPadding(TensorInfo tensor)
    {
        if (tensor.Type != DataType.Bit)
            return;
        int channels = tensor.Shape.Rank == 0 ? 1 : tensor.Shape[^1];
        if (channels % DataTypes.BitsPerWord == 0)
            return;
        int rowBytes = DataTypes.WordsFor(channels) * 4;
        uint unused = ~0u << (channels % DataTypes.BitsPerWord);
        ReadOnlySpan<byte> data = tensor.Data!.Value.Span;
        for (int last = rowBytes - 4; last < data.Length; last += rowBytes)
        {
            uint word = BinaryPrimitives.ReadUInt32LittleEndian(data[last..]);
            if ((word & unused) != 0)
                throw new EdgeModelException(ModelError.Corrupt, $"constant '{tensor.Name}': unused bits of the word at byte {last} are {word & unused:X8}; they must be 0");
        }
    }

    private static TensorInfo ReadTensor(ref SectionReader reader, StringTable strings, out bool constant)
    {
        string name = strings.NextName(ref reader, "a tensor's name");
        var type = (DataType)reader.U8();
        int rank = reader.U8();
        byte flags = reader.U8();
        var encoding = (TensorEncoding)reader.U8();
        if (!Enum.IsDefined(type))
            throw reader.Wrong($"tensor '{name}' has element type {(int)type}, which is not known to this runtime", ModelError.Unsupported);
        if (rank > Shape.MaxRank)
            throw reader.Wrong($"tensor '{name}' has {rank} dimensions; the limit is {Shape.MaxRank}", ModelError.BadShape);
        if (flags > (EdgeFile.ConstantFlag | EdgeFile.QuantizedFlag))
            throw reader.Wrong($"tensor '{name}' has flags {flags:X}");
        constant = (flags & EdgeFile.ConstantFlag) != 0;
        if (!constant && encoding != 0)
            throw reader.Wrong($"tensor '{name}' is no constant but has encoding {(int)encoding}");

        Shape shape = new(reader.Ints(rank));
        Quantization? quantization = (flags & EdgeFile.QuantizedFlag) != 0 ? ReadQuantization(ref reader, name, type, shape) : null;
        return new TensorInfo(name, type, shape, quantization) { Encoding = encoding };
    }

    private static Quantization ReadQuantization(ref SectionReader reader, string name, DataType type, Shape shape)
    {
        int axis = reader.I32();
        int count = reader.Count("scales", Shape.MaxElements, 8);
        float[] scales = reader.Floats(count);
        int[] zeroPoints = reader.Ints(count);
        if (CheckQuantization(type, shape, axis, count, zeroPoints) is { } wrong)
            throw reader.Wrong($"tensor '{name}': {wrong}", ModelError.BadType);
        return new Quantization(scales, zeroPoints, axis);
    }

    /// <summary>What is wrong with a quantization, or null.</summary>
    private static string? CheckQuantization(DataType type, Shape shape, int axis, int scales, ReadOnlySpan<int> zeroPoints)
    {
        if (axis < -1 || axis >= shape.Rank)
            return $"the quantization axis is {axis}; the tensor has {shape.Rank} dimensions";
        int needed = axis < 0 ? 1 : shape[axis];
        if (scales != needed)
            return $"the quantization has {scales} scales; axis {axis} of {shape} needs {needed}";
        if (type != DataType.Int8)
            return null;
        foreach (int z in zeroPoints)
        {
            if (z is < sbyte.MinValue or > sbyte.MaxValue)
                return $"a zero point is {z}; int8 needs {sbyte.MinValue} to {sbyte.MaxValue}";
        }

        return null;
    }

    private static ReadOnlyMemory<byte> Place(ref SectionReader reader, TensorInfo tensor, ReadOnlyMemory<byte> weights, ref long end)
    {
        ulong offset = reader.U64();
        ulong length = reader.U64();
        long begin = EdgeFile.Align(end);
        if (offset != (ulong)begin)
            throw reader.Wrong($"constant '{tensor.Name}' begins at byte {offset} of the weights; it must begin at {begin}");
        if (begin > weights.Length || length > (ulong)(weights.Length - begin))
            throw reader.Wrong($"constant '{tensor.Name}' has {length} stored bytes at byte {begin} of the weights, which have {weights.Length}");
        if (weights.Span[(int)end..(int)begin].ContainsAnyExcept((byte)0))
            throw reader.Wrong($"the padding before constant '{tensor.Name}' is not 0");
        end = begin + (long)length;
        return weights.Slice((int)begin, (int)length);
    }
}
