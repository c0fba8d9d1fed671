using System.Buffers.Binary;
using EdgeRuntime.Model;

namespace EdgeRuntime.Compression.Import.TFLite.Operators;

/// <summary>RESHAPE, SQUEEZE, EXPAND_DIMS, TRANSPOSE, PAD and PADV2.</summary>
internal static class Reshaping
{
    public static void Reshape(OperatorContext op)
    {
        op.RequireOperands(1, 2);
        FlatTable? options = op.Options(Schema.Reshape.UnionType);
        int[]? wanted = op.HasInput(1)
            ? op.Integers(1, "shape")
            : options?.Vector(Schema.Reshape.NewShape, 4).Ints($"new shape of {op.Source}", IntegerValues.MaxValues);
        if (wanted is { Length: > 0 })
            CheckShape(op, wanted);
        op.Add(OperatorKind.Reshape, [op.In(0, Allowed.Any)], [op.Out(allowed: Allowed.Any)]);
    }

    /// <summary>Both only add or remove dimensions of 1.</summary>
    public static void SqueezeOrExpand(OperatorContext op)
    {
        op.RequireOperands(1, 2);
        int[] from = op.Input(0).Dimensions;
        int[] to = op.Output().Dimensions;
        if (!from.Where(d => d != 1).SequenceEqual(to.Where(d => d != 1)))
            throw op.Corrupt($"{string.Join('x', from)} cannot become {string.Join('x', to)} by dimensions of 1");
        op.Add(OperatorKind.Reshape, [op.In(0, Allowed.Any)], [op.Out(allowed: Allowed.Any)]);
    }

    public static void Transpose(OperatorContext op)
    {
        op.RequireOperands(2, 2);
        if (op.Integers(1, "permutation") is not { } permutation)
            return;
        int rank = op.Input(0).Dimensions.Length;
        int[] axes = [.. permutation.Select(a => Reductions.Axis(op, a, rank))];
        if (axes.Distinct().Count() != rank || axes.Length != rank)
            throw op.Corrupt($"({string.Join(", ", permutation)}) is no permutation of {rank} dimensions");
        op.Add(OperatorKind.Transpose, [op.In(0, Allowed.Any)], [op.Out(allowed: Allowed.Any)], new TransposeOptions(axes));
    }

    public static void Pad(OperatorContext op)
    {
        op.RequireOperands(2, 3);
        if (op.HasInput(2))
            CheckZero(op);
        if (op.Integers(1, "paddings") is not { } paddings)
            return;
        int rank = op.Input(0).Dimensions.Length;
        if (paddings.Length != 2 * rank || paddings.Any(p => p < 0))
            throw op.Corrupt($"paddings are ({string.Join(", ", paddings)}); {rank} dimensions need {2 * rank} values of at least 0");
        int[] before = [.. paddings.Where((_, i) => i % 2 == 0)];
        int[] after = [.. paddings.Where((_, i) => i % 2 == 1)];
        op.Add(OperatorKind.Pad, [op.In(0, Allowed.Any)], [op.Out(allowed: Allowed.Any)], new PadOptions(before, after));
    }

    /// <summary>PADV2 names the value of the border; only the real value 0 has a counterpart.</summary>
    private static void CheckZero(OperatorContext op)
    {
        SourceTensor value = op.Input(2);
        if (value.Data is not { } data)
        {
            op.Unsupported("border value that is computed at run time");
            return;
        }

        ReadOnlySpan<byte> bytes = data.Span;
        bool zero = value.Type switch
        {
            TensorType.Float32 when bytes.Length == 4 => BinaryPrimitives.ReadSingleLittleEndian(bytes) == 0,
            TensorType.Int8 when bytes.Length == 1 => (sbyte)bytes[0] == (value.Quantization?.ZeroPoint ?? op.Input(0).Quantization?.ZeroPoint ?? 0),
            TensorType.Float32 or TensorType.Int8 => throw op.Corrupt($"the border value has {bytes.Length} bytes"),
            _ => false,
        };
        if (!zero)
            op.Unsupported("border value other than 0");
    }

    /// <summary>Refuses a file whose wanted shape (-1 for what is left) is not the shape of the output tensor.</summary>
    private static void CheckShape(OperatorContext op, int[] wanted)
    {
        int[] actual = op.Output().Dimensions;
        long known = wanted.Where(d => d != -1).Aggregate(1L, (product, d) => Math.Clamp(product * d, -1, int.MaxValue));
        long all = actual.Aggregate(1L, (product, d) => Math.Clamp(product * d, -1, int.MaxValue));
        bool fits = wanted.Length == actual.Length && wanted.Count(d => d == -1) <= 1 && known > 0;
        for (int i = 0; fits && i < wanted.Length; i++)
            fits = actual[i] == (wanted[i] == -1 ? all / known : wanted[i]);
        if (!fits)
            throw op.Corrupt($"the shape is ({string.Join(", ", wanted)}), but the output is {string.Join('x', actual)}");
    }
}
