using EdgeRuntime.Model.Format;

namespace EdgeRuntime.Model;

/// <summary>A tensor of a graph: an activation, or a constant with its bytes.</summary>
/// <param name="Name">Name for messages and dumps; need not be unique.</param>
/// <param name="Type">Element type.</param>
/// <param name="Shape">Dimensions, NHWC for activations.</param>
/// <param name="Quantization">Affine quantization of an integer tensor, or null.</param>
/// <param name="Data">
/// Little-endian elements of a constant in the layout of <see cref="DataTypes.ByteSize"/>, or null for an activation. May point into a
/// mapped file; it is valid as long as the model that owns it is not disposed.
/// </param>
public sealed record TensorInfo(string Name, DataType Type, Shape Shape, Quantization? Quantization = null, ReadOnlyMemory<byte>? Data = null)
{
    /// <summary>Whether the tensor is a constant.</summary>
    public bool IsConstant => Data.HasValue;

    /// <summary>Bytes of the tensor in memory.</summary>
    public long ByteSize => DataTypes.ByteSize(Type, Shape);

    /// <summary>How a constant is, or shall be, stored in a file; without meaning for activations.</summary>
    public TensorEncoding Encoding { get; init; } = TensorEncoding.Raw;

    /// <summary>Bytes that the constant takes in a file, without padding; 0 for activations.</summary>
    /// <exception cref="EdgeModelException">The encoding cannot hold the constant's type or values.</exception>
    public long StoredSize() => IsConstant ? TensorCodec.For(Encoding, Name).Encode(this).Length : 0;
}

/// <summary>How the bytes of a constant are stored in an .edge file. The numbers are those of the file format.</summary>
public enum TensorEncoding
{
    /// <summary>The tensor's own bytes; usable in place.</summary>
    Raw = 0,

    /// <summary>Two signed 4-bit values in each byte, low half first; int8 tensors with values in -8..7.</summary>
    Packed4 = 1,

    /// <summary>A table of up to 256 values and a fixed-width index per element.</summary>
    Codebook = 2,

    /// <summary>Relative sparse index and codebook codes, both Huffman coded (Han et al. 2016).</summary>
    SparseHuffman = 3,
}
