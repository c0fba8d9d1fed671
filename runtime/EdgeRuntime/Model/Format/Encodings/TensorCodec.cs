namespace EdgeRuntime.Model.Format;

/// <summary>Turns the bytes of a constant into their stored form and back (docs/format.md, "Encodings of constants").</summary>
internal abstract class TensorCodec
{
    /// <summary>The stored form of a constant.</summary>
    /// <exception cref="EdgeModelException">The encoding cannot hold the constant's type or values.</exception>
    public abstract ReadOnlyMemory<byte> Encode(TensorInfo tensor);

    /// <summary>
    /// The elements of a constant from their stored, untrusted form, as <see cref="DataTypes.ByteSize"/> bytes. The caller has checked that this much
    /// memory may be used.
    /// </summary>
    /// <exception cref="EdgeModelException">The stored bytes are not what the encoding says.</exception>
    public abstract ReadOnlyMemory<byte> Decode(TensorInfo tensor, ReadOnlyMemory<byte> stored);

    /// <summary>The codec of an encoding.</summary>
    /// <exception cref="EdgeModelException">This runtime has none.</exception>
    public static TensorCodec For(TensorEncoding encoding, string tensorName) => encoding switch
    {
        TensorEncoding.Raw => RawCodec.Instance,
        TensorEncoding.Packed4 => Packed4Codec.Instance,
        TensorEncoding.Codebook => CodebookCodec.Instance,
        TensorEncoding.SparseHuffman => SparseHuffmanCodec.Instance,
        _ => throw new EdgeModelException(ModelError.Unsupported, $"constant '{tensorName}' has encoding {(int)encoding}, which this runtime does not support"),
    };

    protected static void CheckLength(TensorInfo tensor, long stored, long needed)
    {
        if (stored != needed)
            throw new EdgeModelException(ModelError.Corrupt, $"constant '{tensor.Name}' ({tensor.Type} {tensor.Shape}, {tensor.Encoding}) has {stored} stored bytes; it needs {needed}");
    }
}

/// <summary>Elements as they are, used in place.</summary>
internal sealed class RawCodec : TensorCodec
{
    public static RawCodec Instance { get; } = new();

    public override ReadOnlyMemory<byte> Encode(TensorInfo tensor) => tensor.Data!.Value;

    public override ReadOnlyMemory<byte> Decode(TensorInfo tensor, ReadOnlyMemory<byte> stored)
    {
        CheckLength(tensor, stored.Length, tensor.ByteSize);
        return stored;
    }
}
