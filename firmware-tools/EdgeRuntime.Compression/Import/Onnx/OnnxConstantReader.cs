using System.Runtime.InteropServices;
using EdgeRuntime.Model;
using EdgeRuntime.Onnx;
using Type = EdgeRuntime.Onnx.TensorProto.Types.DataType;

namespace EdgeRuntime.Compression.Import.Onnx;

/// <summary>Reads the constants of a file; their counts must be those of their shapes.</summary>
internal static class OnnxConstantReader
{
    /// <summary>A constant, or null after a reason why it cannot be had.</summary>
    /// <exception cref="ImportException">The constant is damaged.</exception>
    public static OnnxConstant? Read(TensorProto tensor, string name, out string? unsupported)
    {
        unsupported = null;
        if (tensor.DataLocation == TensorProto.Types.DataLocation.External || tensor.ExternalData.Count > 0)
        {
            unsupported = $"constant '{name}' is kept in another file; save the model with its weights inside";
            return null;
        }

        int[] dimensions = Dimensions(tensor.Dims, $"constant '{name}'");
        long count = dimensions.Aggregate(1L, (product, d) => product * d);
        var type = (Type)tensor.DataType;
        switch (type)
        {
            case Type.Float:
                return new OnnxConstant(dimensions, Values<float, float>(tensor, tensor.FloatData, count, name, v => v));
            case Type.Double:
                return new OnnxConstant(dimensions, Values<double, double>(tensor, tensor.DoubleData, count, name, v => v).Select(v => (float)v).ToArray());
            case Type.Float16:
                return new OnnxConstant(dimensions, Values<Half, int>(tensor, tensor.Int32Data, count, name, v => BitConverter.UInt16BitsToHalf((ushort)v)).Select(v => (float)v).ToArray());
            case Type.Int64:
                return new OnnxConstant(dimensions, Values<long, long>(tensor, tensor.Int64Data, count, name, v => v), type);
            case Type.Int32:
                return Small<int>(v => v, v => v);
            case Type.Int16:
                return Small<short>(v => (short)v, v => v);
            case Type.Uint16:
                return Small<ushort>(v => (ushort)v, v => v);
            case Type.Int8:
                return Small<sbyte>(v => (sbyte)v, v => v);
            case Type.Uint8 or Type.Bool:
                return Small<byte>(v => (byte)v, v => v);
            default:
                unsupported = $"type {OnnxNames.Of(type)} of constant '{name}'";
                return null;
        }

        OnnxConstant Small<T>(Func<int, T> narrow, Func<T, long> widen)
            where T : unmanaged => new(dimensions, [.. Values<T, int>(tensor, tensor.Int32Data, count, name, narrow).Select(widen)], type);
    }

    /// <summary>Dimensions as the runtime can hold them; a dimension of 0 makes an empty constant, which "no values" options use.</summary>
    /// <exception cref="ImportException">A dimension is negative, or there are too many dimensions or elements.</exception>
    public static int[] Dimensions(IReadOnlyList<long> dimensions, string what)
    {
        if (dimensions.Count > Shape.MaxRank)
            throw Corrupt($"{what} has {dimensions.Count} dimensions; the limit is {Shape.MaxRank}");
        long count = 1;
        foreach (long d in dimensions)
        {
            if (d is < 0 or > int.MaxValue)
                throw Corrupt($"{what} has a dimension of {d}");
            count *= Math.Max(1, d);
            if (count > Shape.MaxElements)
                throw new ImportException(ImportError.TooLarge, $"{what} has shape {string.Join('x', dimensions)}; the limit is {Shape.MaxElements} elements");
        }

        return [.. dimensions.Select(d => (int)d)];
    }

    public static ImportException Corrupt(string message) => new(ImportError.Corrupt, message);

    private static T[] Values<T, TField>(TensorProto tensor, IReadOnlyList<TField> field, long count, string name, Func<TField, T> convert)
        where T : unmanaged
    {
        if (tensor.RawData.IsEmpty)
        {
            return field.Count == count ? [.. field.Select(convert)]
                : throw Corrupt($"constant '{name}' has {field.Count} elements; its shape {string.Join('x', tensor.Dims)} needs {count}");
        }

        long bytes = count * Marshal.SizeOf<T>();
        return tensor.RawData.Length == bytes ? MemoryMarshal.Cast<byte, T>(tensor.RawData.Span).ToArray()
            : throw Corrupt($"constant '{name}' has {tensor.RawData.Length} bytes; its shape {string.Join('x', tensor.Dims)} needs {bytes}");
    }
}

/// <summary>Names as the specification writes them.</summary>
internal static class OnnxNames
{
    public static string Of(Type type) => Enum.IsDefined(type) ? type.ToString().ToUpperInvariant() : $"number {(int)type}";
}
