using System.Buffers.Binary;

namespace EdgeRuntime.Compression.Import.TFLite;

/// <summary>
/// Integer tensors whose values are known at import: constants, and shapes computed from shapes (SHAPE, STRIDED_SLICE, PACK, …). They become
/// options of the operators that use them. 64-bit values are narrowed; what does not fit 32 bits is refused.
/// </summary>
internal sealed class IntegerValues(SourceModel model)
{
    /// <summary>Most elements of a tensor of shapes, axes or paddings.</summary>
    public const int MaxValues = 64;

    private readonly Dictionary<int, int[]> computed = [];

    /// <summary>Remembers values that an operator computed.</summary>
    public void Set(int tensor, int[] values) => computed[tensor] = values;

    /// <summary>Whether an operator computed the tensor at import.</summary>
    public bool IsComputed(int tensor) => computed.ContainsKey(tensor);

    /// <summary>The values of a tensor, or null if they are known only at run time or are no integers.</summary>
    /// <exception cref="ImportException">The constant is damaged, has too many elements, or a value does not fit 32 bits.</exception>
    public int[]? Find(int tensor, object user)
    {
        if (tensor < 0)
            return null;
        if (computed.TryGetValue(tensor, out int[]? known))
            return known;
        SourceTensor source = model.Tensor(tensor, user);
        if (source.Data is not { } data || source.Type is not (TensorType.Int32 or TensorType.Int64) || source.Unsupported is not null)
            return null;
        int size = source.Type == TensorType.Int32 ? 4 : 8;
        long count = 1;
        foreach (int d in source.Dimensions)
            count = Math.Clamp(count * Math.Max(d, -1L), -1, int.MaxValue);
        if (count < 0 || count > MaxValues)
            throw new ImportException(ImportError.TooLarge, $"{user}: tensor {source} of {string.Join('x', source.Dimensions)} is used as a shape; the limit is {MaxValues} values");
        if (data.Length != count * size)
            throw FlatBuffer.Corrupt($"tensor {source} has {data.Length} bytes; {count} values need {count * size}");
        int[] values = new int[count];
        for (int i = 0; i < values.Length; i++)
        {
            long v = size == 4 ? BinaryPrimitives.ReadInt32LittleEndian(data.Span[(4 * i)..]) : BinaryPrimitives.ReadInt64LittleEndian(data.Span[(8 * i)..]);
            // TensorFlow writes "to the end" as the largest 64-bit number.
            values[i] = v == long.MaxValue ? int.MaxValue : v == long.MinValue ? int.MinValue
                : v is >= int.MinValue and <= int.MaxValue ? (int)v
                : throw FlatBuffer.Corrupt($"tensor {source} holds {v}, which does not fit 32 bits");
        }

        return values;
    }
}
