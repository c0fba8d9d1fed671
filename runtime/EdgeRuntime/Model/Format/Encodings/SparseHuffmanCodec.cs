namespace EdgeRuntime.Model.Format;

/// <summary>Constants that are mostly zero and share few values, stored as a <see cref="SparseHuffman"/> stream.</summary>
internal sealed class SparseHuffmanCodec : TensorCodec
{
    public static SparseHuffmanCodec Instance { get; } = new();

    public override ReadOnlyMemory<byte> Encode(TensorInfo tensor) => SparseHuffman.Encode(tensor.Data!.Value.Span, ElementBytes(tensor))
        ?? throw new EdgeModelException(ModelError.BadType, $"constant '{tensor.Name}' has more than 256 different values beside 0; sparse Huffman coding holds no more");

    public override ReadOnlyMemory<byte> Decode(TensorInfo tensor, ReadOnlyMemory<byte> stored)
    {
        byte[] elements = new byte[tensor.ByteSize];
        try
        {
            SparseHuffman.Decode(stored.Span, ElementBytes(tensor), elements);
        }
        catch (EdgeModelException e)
        {
            throw new EdgeModelException(e.Error, $"constant '{tensor.Name}': {e.Message}", e);
        }

        return elements;
    }

    private static int ElementBytes(TensorInfo tensor) => tensor.Type switch
    {
        DataType.Int8 => 1,
        DataType.Float32 or DataType.Int32 => 4,
        _ => throw new EdgeModelException(ModelError.BadType, $"constant '{tensor.Name}' is {tensor.Type}; sparse Huffman coding holds float32, int8 and int32"),
    };
}
