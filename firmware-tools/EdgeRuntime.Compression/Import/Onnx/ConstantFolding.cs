using EdgeRuntime.Compression.Import.Onnx.Operators;
using EdgeRuntime.Model;
using AttributeType = EdgeRuntime.Onnx.AttributeProto.Types.AttributeType;
using Type = EdgeRuntime.Onnx.TensorProto.Types.DataType;

namespace EdgeRuntime.Compression.Import.Onnx;

/// <summary>Computes nodes whose result is known at import: constants, and the arithmetic on shapes that exporters write.</summary>
internal static class ConstantFolding
{
    private static readonly Dictionary<string, Func<OnnxOperator, OnnxConstant[], OnnxConstant?>> Table = new()
    {
        ["Identity"] = (_, c) => c[0],
        ["Cast"] = Cast,
        ["Gather"] = Gather,
        ["Concat"] = Concat,
        ["Slice"] = Slice,
        ["ConstantOfShape"] = Filled,
        ["Squeeze"] = (op, c) => Shapes.Axes(op, c[0].Dimensions.Length, out int[]? axes) ? c[0].Reshaped(Shapes.Squeezed(op, c[0].Dimensions, axes)) : null,
        ["Unsqueeze"] = (op, c) => Shapes.Axes(op, null, out int[]? axes) && axes is not null ? c[0].Reshaped(Shapes.Unsqueezed(op, c[0].Dimensions, axes)) : null,
        ["Reshape"] = Reshape,
        ["Transpose"] = (op, c) => c[0].Permuted(Shapes.Permutation(op, c[0].Dimensions.Length)),
        ["Add"] = (op, c) => Binary(op, c, (a, b) => a + b, (a, b) => a + b),
        ["Sub"] = (op, c) => Binary(op, c, (a, b) => a - b, (a, b) => a - b),
        ["Mul"] = (op, c) => Binary(op, c, (a, b) => a * b, (a, b) => a * b),
        ["Div"] = (op, c) => Binary(op, c, (a, b) => a / b, (a, b) => b is 0 or -1 ? (b == 0 ? throw op.Corrupt("a division by 0") : unchecked(-a)) : a / b),
        ["Floor"] = (_, c) => Rounded(c[0], MathF.Floor),
        ["Ceil"] = (_, c) => Rounded(c[0], MathF.Ceiling),
    };

    /// <summary>Computes a node if it can be done; true if its output is known.</summary>
    public static bool TryFold(OnnxOperator op)
    {
        if (op.Source.Domain is not ("" or "ai.onnx") || op.Source.Output.Count != 1)
            return false;
        switch (op.Source.OpType)
        {
            case "Constant":
                Constant(op);
                return !op.Failed;
            case "Shape":
                return Shape(op);
        }

        if (!Table.TryGetValue(op.Source.OpType, out Func<OnnxOperator, OnnxConstant[], OnnxConstant?>? fold) || op.Source.Input.Count == 0)
            return false;
        var constants = new List<OnnxConstant>();
        for (int i = 0; i < op.Source.Input.Count; i++)
        {
            if (!op.Has(i))
                continue;
            if (op.Value(i).Constant is not { } constant)
                return false;
            constants.Add(constant);
        }

        if (constants.Count == 0 || !op.Has(0) || (op.Source.OpType is "Add" or "Sub" or "Mul" or "Div" && constants.Count != 2))
            return false;
        if (fold(op, [.. constants]) is not { } result)
            return false;
        if (!op.Failed)
            op.DefineConstant(result);
        op.RefuseUnreadAttributes();
        return !op.Failed;
    }

    private static void Constant(OnnxOperator op)
    {
        if (op.Attribute("value", AttributeType.Tensor)?.T is { } tensor)
            op.DefineConstant(tensor);
        else if (op.Attribute("value_float", AttributeType.Float) is { } f)
            op.DefineConstant(new OnnxConstant([], [f.F]));
        else if (op.Attribute("value_floats", AttributeType.Floats) is { } floats)
            op.DefineConstant(new OnnxConstant([floats.Floats.Count], [.. floats.Floats]));
        else if (op.Attribute("value_int", AttributeType.Int) is { } i)
            op.DefineConstant(new OnnxConstant([], [i.I], Type.Int64));
        else if (op.Attribute("value_ints", AttributeType.Ints) is { } ints)
            op.DefineConstant(new OnnxConstant([ints.Ints.Count], [.. ints.Ints], Type.Int64));
        else
            op.Unsupported($"a constant other than a tensor or numbers ({string.Join(", ", op.Source.Attribute.Select(a => a.Name))})");
    }

    private static bool Shape(OnnxOperator op)
    {
        op.Operands(1, 1);
        OnnxValue x = op.Value(0);
        if (x.IsUnknown)
            return false;
        int rank = x.Dimensions.Length;
        int start = op.Int("start", 0);
        int end = op.Int("end", rank);
        start = Math.Clamp(start < 0 ? start + rank : start, 0, rank);
        end = Math.Clamp(end < 0 ? end + rank : end, start, rank);
        op.DefineConstant(new OnnxConstant([end - start], [.. x.Dimensions[start..end].Select(d => (long)d)], Type.Int64));
        return true;
    }

    private static OnnxConstant? Cast(OnnxOperator op, OnnxConstant[] c)
    {
        op.Ignore("saturate");
        var to = (Type)op.Int("to", 0);
        if (to is Type.Float or Type.Double or Type.Float16)
            return new OnnxConstant(c[0].Dimensions, c[0].Real());
        if (to is not (Type.Int64 or Type.Int32))
            return null;
        return new OnnxConstant(c[0].Dimensions, c[0].Integers ?? [.. c[0].Real().Select(v => (long)v)], to);
    }

    private static OnnxConstant? Gather(OnnxOperator op, OnnxConstant[] c)
    {
        if (c.Length != 2 || c[1].Integers is not { } indices || c[0].Dimensions.Length == 0)
            return null;
        int[] from = c[0].Dimensions;
        int axis = op.Axis(op.Int("axis", 0), from.Length);
        int[] dims = [.. from[..axis], .. c[1].Dimensions, .. from[(axis + 1)..]];
        long count = dims.Aggregate(1L, (p, d) => Math.Min(p * d, int.MaxValue));
        if (count > OnnxConstant.MaxComputed || dims.Length > Model.Shape.MaxRank)
            throw op.Corrupt($"a constant of {string.Join('x', dims)}; the limit is {OnnxConstant.MaxComputed} elements");
        int inner = from[(axis + 1)..].Aggregate(1, (p, d) => p * d);
        int outer = from[..axis].Aggregate(1, (p, d) => p * d);
        var at = new List<int>((int)count);
        for (int o = 0; o < outer; o++)
        {
            foreach (long index in indices)
            {
                int k = op.Axis(index, from[axis]);
                for (int i = 0; i < inner; i++)
                    at.Add((((o * from[axis]) + k) * inner) + i);
            }
        }

        return c[0].Gathered([.. at], dims);
    }

    private static OnnxConstant? Concat(OnnxOperator op, OnnxConstant[] c)
    {
        // Of one dimension only: shapes, scales, pads.
        if (c.Any(p => p.Dimensions.Length != 1) || c.Any(p => p.IsReal != c[0].IsReal) || c.Sum(p => (long)p.Count) > OnnxConstant.MaxComputed)
            return null;
        op.Axis(op.Int("axis", 0), 1);
        return c[0].IsReal
            ? new OnnxConstant([c.Sum(p => p.Count)], [.. c.SelectMany(p => p.Real())])
            : new OnnxConstant([c.Sum(p => p.Count)], [.. c.SelectMany(p => p.Integers!)], c[0].Type);
    }

    private static OnnxConstant? Slice(OnnxOperator op, OnnxConstant[] c)
    {
        if (c[0].Dimensions.Length != 1 || op.Source.Input.Count < 3 || Parts.Box(op, c[0].Dimensions) is not { } box)
            return null;
        return c[0].Gathered([.. Enumerable.Range(0, box.Count[0]).Select(i => box.Begin[0] + (i * box.Step[0]))], box.Count);
    }

    private static OnnxConstant? Filled(OnnxOperator op, OnnxConstant[] c)
    {
        if (c[0].Integers is not { } shape)
            return null;
        int[] dims = OnnxConstantReader.Dimensions(shape, op.ToString());
        long count = dims.Aggregate(1L, (p, d) => p * d);
        if (count > OnnxConstant.MaxComputed)
            throw op.Corrupt($"a constant of {string.Join('x', dims)}; the limit is {OnnxConstant.MaxComputed} elements");
        OnnxConstant? value = op.Attribute("value", AttributeType.Tensor)?.T is { } t ? OnnxConstantReader.Read(t, "value", out _) : new OnnxConstant([1], [0f]);
        return value is null or { Count: not 1 } ? null : value.Gathered(new int[count], dims);
    }

    private static OnnxConstant? Reshape(OnnxOperator op, OnnxConstant[] c) =>
        c.Length == 2 && c[1].Integers is { } shape ? c[0].Reshaped(Shapes.Resolve(op, c[0].Dimensions, shape, op.Int("allowzero", 0) != 0)) : null;

    private static OnnxConstant Rounded(OnnxConstant c, Func<float, float> round) => new(c.Dimensions, [.. c.Real().Select(round)]);

    private static OnnxConstant Binary(OnnxOperator op, OnnxConstant[] c, Func<float, float, float> real, Func<long, long, long> integer)
    {
        int[] dims = Arithmetic.Broadcast(op, c[0].Dimensions, c[1].Dimensions);
        long count = dims.Aggregate(1L, (p, d) => Math.Min(p * d, int.MaxValue));
        if (count > OnnxConstant.MaxComputed)
            throw op.Corrupt($"a constant of {string.Join('x', dims)}; the limit is {OnnxConstant.MaxComputed} elements");
        int[] first = Places(c[0].Dimensions, dims, (int)count);
        int[] second = Places(c[1].Dimensions, dims, (int)count);
        if (c[0].Integers is { } a && c[1].Integers is { } b && !c[0].IsReal && !c[1].IsReal)
            return new OnnxConstant(dims, [.. first.Zip(second, (i, j) => integer(a[i], b[j]))], c[0].Type);
        float[] x = c[0].Real();
        float[] y = c[1].Real();
        return new OnnxConstant(dims, [.. first.Zip(second, (i, j) => real(x[i], y[j]))]);
    }

    /// <summary>For each element of a broadcast result the element of an operand.</summary>
    private static int[] Places(int[] from, int[] to, int count)
    {
        int[] strides = new int[to.Length];
        int stride = 1;
        for (int d = 1; d <= from.Length; d++)
        {
            strides[^d] = from[^d] == 1 ? 0 : stride;
            stride *= from[^d];
        }

        int[] places = new int[count];
        for (int i = 0; i < count; i++)
        {
            int rest = i;
            for (int d = to.Length - 1; d >= 0; d--)
            {
                places[i] += rest % to[d] * strides[d];
                rest /= to[d];
            }
        }

        return places;
    }
}
