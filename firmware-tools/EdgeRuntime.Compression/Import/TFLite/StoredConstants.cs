using System.Buffers.Binary;
using System.Runtime.InteropServices;
using EdgeRuntime.Model;

namespace EdgeRuntime.Compression.Import.TFLite;

/// <summary>
/// Constants that a converter stored in half or a quarter of the bytes: DEQUANTIZE operators on constants of FLOAT16, or of INT8 with symmetric scales, are computed at import, since
/// convolutions want weights that are known. Most float networks that are published are stored so.
/// </summary>
internal static class StoredConstants
{
    /// <summary>Most bytes of all constants that are computed.</summary>
    public const long MaxBytes = 1L << 30;

    /// <summary>The file without those operators; what they would write are float32 constants.</summary>
    /// <exception cref="ImportException">The constants have more than <see cref="MaxBytes"/> bytes.</exception>
    public static SourceModel Expand(SourceModel source)
    {
        SourceTensor[] tensors = [.. source.Tensors];
        List<SourceOperator> operators = [];
        long total = 0;
        foreach (SourceOperator op in source.Operators)
        {
            if (op.Code != (int)BuiltinOperator.Dequantize || op.Inputs is not [int from] || op.Outputs is not [int to]
                || (uint)from >= (uint)tensors.Length || (uint)to >= (uint)tensors.Length || !Fits(tensors[from], tensors[to], out long count))
            {
                operators.Add(op);
                continue;
            }

            total += count * sizeof(float);
            if (total > MaxBytes)
                throw new ImportException(ImportError.TooLarge, $"the constants that {op} and others expand have more than {MaxBytes} bytes, which is the limit");
            tensors[to] = tensors[to] with { Data = Values(tensors[from], (int)count) };
        }

        return source with { Tensors = tensors, Operators = operators };
    }

    private static bool Fits(SourceTensor from, SourceTensor to, out long count)
    {
        count = 0;
        if (from.Data is not { } data || to.Data is not null || from.Unsupported is not null || to.Unsupported is not null
            || to.Type != TensorType.Float32 || !from.Dimensions.AsSpan().SequenceEqual(to.Dimensions))
            return false;
        int size = from.Type switch
        {
            TensorType.Float16 => sizeof(ushort),
            TensorType.Int8 when from.Quantization is { } q && (!q.IsPerChannel || Axis(from, q) > 0) => sizeof(sbyte),
            _ => 0,
        };
        if (size == 0)
            return false;
        count = data.Length / size;
        long elements = 1;
        foreach (int d in from.Dimensions)
        {
            if (d < 1 || elements > count)
                return false;
            elements *= d;
        }

        return elements == count && count * size == data.Length;
    }

    /// <summary>Elements along the axis of the scales; 0 if they do not fit it.</summary>
    private static int Axis(SourceTensor tensor, Quantization q) =>
        (uint)q.Axis < (uint)tensor.Dimensions.Length && q.Scales.Length == tensor.Dimensions[q.Axis] ? q.Scales.Length : 0;

    private static byte[] Values(SourceTensor from, int count)
    {
        byte[] bytes = new byte[(long)count * sizeof(float)];
        Span<float> values = MemoryMarshal.Cast<byte, float>(bytes.AsSpan());
        ReadOnlySpan<byte> data = from.Data!.Value.Span;
        if (from.Type == TensorType.Float16)
        {
            for (int i = 0; i < count; i++)
                values[i] = (float)BinaryPrimitives.ReadHalfLittleEndian(data[(2 * i)..]);
            return bytes;
        }

        Quantization q = from.Quantization!;
        int inner = 1;
        for (int d = q.Axis + 1; q.IsPerChannel && d < from.Dimensions.Length; d++)
            inner *= from.Dimensions[d];
        for (int i = 0; i < count; i++)
        {
            int channel = q.IsPerChannel ? i / inner % q.Scales.Length : 0;
            values[i] = ((sbyte)data[i] - q.ZeroPoints[channel]) * q.Scales[channel];
        }

        return bytes;
    }
}
