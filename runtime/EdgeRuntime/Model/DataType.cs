namespace EdgeRuntime.Model;

/// <summary>Element type of a tensor. The numbers are those of the file format and never change.</summary>
public enum DataType
{
    /// <summary>IEEE 754 binary32.</summary>
    Float32 = 1,

    /// <summary>Signed 8-bit integer, affine quantized where the tensor has a <see cref="Quantization"/>.</summary>
    Int8 = 2,

    /// <summary>Signed 32-bit integer: biases, indices, thresholds.</summary>
    Int32 = 3,

    /// <summary>
    /// One bit per element, bit 1 for -1 and bit 0 for +1, packed along the last dimension (channels) into little-endian
    /// 32-bit words: channel c is bit c % 32 of word c / 32. Every row of channels starts a new word; unused bits are 0.
    /// </summary>
    Bit = 4,
}

/// <summary>Sizes of the element types.</summary>
public static class DataTypes
{
    /// <summary>Number of channels in one word of a <see cref="DataType.Bit"/> tensor.</summary>
    public const int BitsPerWord = 32;

    /// <summary>Bytes of a tensor of this type and shape, packed as <see cref="DataType"/> describes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The type is none of the enumeration.</exception>
    public static long ByteSize(DataType type, Shape shape) => type switch
    {
        DataType.Float32 or DataType.Int32 => shape.ElementCount * 4,
        DataType.Int8 => shape.ElementCount,
        DataType.Bit => shape.Rank == 0 ? 4 : shape.ElementCount / shape[^1] * WordsFor(shape[^1]) * 4L,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "not an element type"),
    };

    /// <summary>Words that hold <paramref name="channels"/> bits: channels / 32, rounded up.</summary>
    public static int WordsFor(int channels) => (channels + (BitsPerWord - 1)) / BitsPerWord;
}
