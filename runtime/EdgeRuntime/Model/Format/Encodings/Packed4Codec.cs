namespace EdgeRuntime.Model.Format;

/// <summary>Two 4-bit values in a byte, the even element in the lower half.</summary>
internal sealed class Packed4Codec : TensorCodec
{
    public static Packed4Codec Instance { get; } = new();

    public override ReadOnlyMemory<byte> Encode(TensorInfo tensor)
    {
        CheckType(tensor);
        ReadOnlySpan<byte> elements = tensor.Data!.Value.Span;
        byte[] stored = new byte[(elements.Length + 1) / 2];
        for (int i = 0; i < elements.Length; i++)
        {
            sbyte value = (sbyte)elements[i];
            if (value is < -8 or > 7)
                throw new EdgeModelException(ModelError.BadType, $"constant '{tensor.Name}': element {i} is {value}; packed4 holds -8 to 7");
            stored[i / 2] |= (byte)((value & 15) << (i % 2 * 4));
        }

        return stored;
    }

    public override ReadOnlyMemory<byte> Decode(TensorInfo tensor, ReadOnlyMemory<byte> stored)
    {
        CheckType(tensor);
        byte[] elements = new byte[CheckedSize(tensor, stored)];
        ReadOnlySpan<byte> source = stored.Span;
        for (int i = 0; i < elements.Length; i++)
        {
            // Shifted to the top, then arithmetically down: bit 3 becomes the sign.
            int half = source[i / 2] >> (i % 2 * 4);
            elements[i] = (byte)((sbyte)(half << 4) >> 4);
        }

        if (elements.Length % 2 != 0 && source[^1] >> 4 != 0)
            throw new EdgeModelException(ModelError.Corrupt, $"constant '{tensor.Name}': the unused half of the last byte is {source[^1] >> 4}; it must be 0");
        return elements;
    }

    private static long CheckedSize(TensorInfo tensor, ReadOnlyMemory<byte> stored)
    {
        long elements = tensor.Shape.ElementCount;
        CheckLength(tensor, stored.Length, (elements + 1) / 2);
        return elements;
    }

    private static void CheckType(TensorInfo tensor)
    {
        if (tensor.Type != DataType.Int8)
            throw new EdgeModelException(ModelError.BadType, $"constant '{tensor.Name}' is {tensor.Type}; packed4 holds {DataType.Int8} only");
    }
}
