using EdgeRuntime.Model;
using EdgeRuntime.Onnx;

namespace EdgeRuntime.Compression.Import.Onnx;

/// <summary>
/// A value that is known at import: an initializer, or what was computed from such. Elements are float32, or integers of any width (also bool) as int64; quantized
/// integers carry the scales and zero points by which they stand for real values.
/// </summary>
internal sealed class OnnxConstant
{
    /// <summary>Most elements of a constant that the importer computes, as opposed to those that are in the file.</summary>
    public const int MaxComputed = 1 << 24;

    private readonly float[]? floats;
    private readonly long[]? integers;

    public OnnxConstant(int[] dimensions, float[] values)
    {
        Dimensions = dimensions;
        floats = values;
        Type = TensorProto.Types.DataType.Float;
    }

    public OnnxConstant(int[] dimensions, long[] values, TensorProto.Types.DataType type)
    {
        Dimensions = dimensions;
        integers = values;
        Type = type;
    }

    /// <summary>Element type in the file; <see cref="TensorProto.Types.DataType.Float"/> for every floating-point type.</summary>
    public TensorProto.Types.DataType Type { get; }

    public int[] Dimensions { get; }

    public int Count => floats?.Length ?? integers!.Length;

    /// <summary>What the integers stand for, or null.</summary>
    public AffineScale? Scale { get; init; }

    /// <summary>Whether the constant counts as real numbers.</summary>
    public bool IsReal => floats is not null || Scale is not null;

    /// <summary>The integers, or null for floats.</summary>
    public long[]? Integers => integers;

    /// <summary>The real values.</summary>
    public float[] Real()
    {
        if (floats is not null)
            return floats;
        float[] real = new float[integers!.Length];
        for (int i = 0; i < real.Length; i++)
            real[i] = Scale is { } s ? s.Real(integers[i], i, Dimensions) : integers[i];
        return real;
    }

    /// <summary>The same elements in another shape.</summary>
    public OnnxConstant Reshaped(int[] dimensions)
    {
        // Scales along an axis survive only where that axis does.
        bool keepsAxis = Scale is null || Scale.Axis < 0;
        return floats is not null ? new OnnxConstant(dimensions, floats)
            : keepsAxis ? new OnnxConstant(dimensions, integers!, Type) { Scale = Scale }
            : new OnnxConstant(dimensions, Real());
    }

    /// <summary>The constant with permuted dimensions: dimension i of the result is dimension order[i].</summary>
    public OnnxConstant Permuted(int[] order)
    {
        int[] dimensions = [.. order.Select(d => Dimensions[d])];
        if (order.Select((d, i) => d == i).All(same => same))
            return this;
        int[] index = Indices(order);
        return floats is not null
            ? new OnnxConstant(dimensions, [.. index.Select(i => floats[i])])
            : new OnnxConstant(dimensions, [.. index.Select(i => integers![i])], Type) { Scale = Scale?.Moved(order) };
    }

    /// <summary>The elements at the given indices, in a new shape.</summary>
    public OnnxConstant Gathered(int[] indices, int[] dimensions) => floats is not null
        ? new OnnxConstant(dimensions, [.. indices.Select(i => floats[i])])
        : new OnnxConstant(dimensions, [.. indices.Select(i => integers![i])], Type) { Scale = Scale is { Axis: < 0 } ? Scale : null };

    /// <summary>The tensor for the graph: Float32; Int8 with its quantization (uint8 is moved by 128); or Int32.</summary>
    /// <returns>The tensor, or null if the integers do not fit.</returns>
    public TensorInfo? ToTensor(string name)
    {
        var shape = new Shape(Dimensions);
        if (floats is not null)
            return new TensorInfo(name, DataType.Float32, shape, null, GraphConstants.Bytes<float>(floats));
        if (Type is TensorProto.Types.DataType.Int8 or TensorProto.Types.DataType.Uint8)
        {
            int move = Type == TensorProto.Types.DataType.Uint8 ? 128 : 0;
            return new TensorInfo(name, DataType.Int8, shape, Scale?.ToQuantization(move), GraphConstants.Bytes<sbyte>([.. integers!.Select(v => (sbyte)(v - move))]));
        }

        return integers!.All(v => v is >= int.MinValue and <= int.MaxValue)
            ? new TensorInfo(name, DataType.Int32, shape, Scale?.ToQuantization(0), GraphConstants.Bytes<int>([.. integers!.Select(v => (int)v)]))
            : null;
    }

    /// <summary>For each element of the permuted constant its index here.</summary>
    private int[] Indices(int[] order)
    {
        int rank = order.Length;
        int[] strides = new int[rank];
        int stride = 1;
        for (int d = rank - 1; d >= 0; d--)
        {
            strides[d] = stride;
            stride *= Dimensions[d];
        }

        int[] index = new int[Count];
        int[] at = new int[rank];
        int from = 0;
        for (int i = 0; i < index.Length; i++)
        {
            index[i] = from;
            for (int d = rank - 1; d >= 0; d--)
            {
                from += strides[order[d]];
                if (++at[d] < Dimensions[order[d]])
                    break;
                from -= at[d] * strides[order[d]];
                at[d] = 0;
            }
        }

        return index;
    }
}

/// <summary>real = scale * (q - zero point), for a whole tensor (axis -1) or per slice along an axis.</summary>
internal sealed record AffineScale(float[] Scales, int[] ZeroPoints, int Axis)
{
    public float Real(long q, int element, int[] dimensions)
    {
        int slice = 0;
        if (Axis >= 0)
        {
            int inner = 1;
            for (int d = Axis + 1; d < dimensions.Length; d++)
                inner *= dimensions[d];
            slice = element / inner % dimensions[Axis];
        }

        return Scales[slice] * (q - ZeroPoints[slice]);
    }

    /// <summary>The scale of a tensor whose dimension i was dimension order[i].</summary>
    public AffineScale Moved(int[] order) => Axis < 0 ? this : this with { Axis = Array.IndexOf(order, Axis) };

    /// <summary>The runtime's quantization, with zero points moved along with the integers.</summary>
    public Quantization ToQuantization(int move) => new(Scales, [.. ZeroPoints.Select(z => z - move)], Axis);
}
