namespace EdgeRuntime.Compression.Import.TFLite.Operators;

/// <summary>
/// What STRIDED_SLICE takes from its input, with all masks resolved (the meaning of TensorFlow's strided_slice): first element, step and
/// count for each dimension of the input, and the dimensions of the result after shrunk axes are dropped and new ones added.
/// </summary>
internal sealed class StridedBox
{
    private readonly OperatorContext op;
    private readonly List<int> result = [];

    private StridedBox(OperatorContext op, int rank)
    {
        this.op = op;
        Begin = new int[rank];
        Strides = new int[rank];
        Counts = new int[rank];
    }

    public int[] Begin { get; }

    public int[] Strides { get; }

    public int[] Counts { get; }

    public IReadOnlyList<int> ResultDimensions => result;

    /// <summary>The box of an operator, or null after noting that its bounds are known only at run time.</summary>
    public static StridedBox? Read(OperatorContext op)
    {
        op.RequireOperands(4, 4);
        FlatTable? options = op.Options(Schema.StridedSlice.UnionType);
        int[]? begin = op.Integers(1, "begin");
        int[]? end = op.Integers(2, "end");
        int[]? strides = op.Integers(3, "strides");
        if (begin is null || end is null || strides is null)
            return null;
        if (begin.Length != end.Length || begin.Length != strides.Length || begin.Length > 32)
            throw op.Corrupt($"begin, end and strides have {begin.Length}, {end.Length} and {strides.Length} values");
        var box = new StridedBox(op, op.Input(0).Dimensions.Length);
        box.Resolve(begin, end, strides, new Masks(options), options?.Bool(Schema.StridedSlice.Offset) ?? false);
        return box;
    }

    private void Resolve(int[] begin, int[] end, int[] strides, Masks masks, bool endIsOffset)
    {
        int[] dimensions = op.Input(0).Dimensions;
        int d = 0;
        bool ellipsisSeen = false;
        for (int i = 0; i < begin.Length; i++)
        {
            if (Masks.Has(masks.Ellipsis, i))
            {
                if (ellipsisSeen)
                    throw op.Corrupt("more than one ellipsis");
                ellipsisSeen = true;
                int rest = Enumerable.Range(i + 1, begin.Length - i - 1).Count(k => !Masks.Has(masks.NewAxis, k));
                while (d < dimensions.Length - rest)
                    Whole(d++);
            }
            else if (Masks.Has(masks.NewAxis, i))
            {
                result.Add(1);
            }
            else
            {
                if (d == dimensions.Length)
                    throw op.Corrupt($"{begin.Length} bounds for {dimensions.Length} dimensions");
                long last = endIsOffset ? begin[i] + (long)end[i] : end[i];
                if (Masks.Has(masks.ShrinkAxis, i))
                    Single(d, begin[i]);
                else
                    Part(d, Masks.Has(masks.Begin, i) ? null : begin[i], Masks.Has(masks.End, i) ? null : last, strides[i]);
                d++;
            }
        }

        while (d < dimensions.Length)
            Whole(d++);
    }

    private void Whole(int d)
    {
        Counts[d] = op.Input(0).Dimensions[d];
        Strides[d] = 1;
        result.Add(Counts[d]);
    }

    private void Single(int d, int index)
    {
        int size = op.Input(0).Dimensions[d];
        long at = index < 0 ? index + (long)size : index;
        if (at < 0 || at >= size)
            throw op.Corrupt($"index {index} of dimension {d}, which has {size}");
        (Begin[d], Strides[d], Counts[d]) = ((int)at, 1, 1);
    }

    private void Part(int d, long? begin, long? end, int stride)
    {
        if (stride == 0)
            throw op.Corrupt($"the stride of dimension {d} is 0");
        long size = op.Input(0).Dimensions[d];

        // Forwards both bounds lie in 0..size, backwards in -1..size-1.
        long low = stride > 0 ? 0 : -1;
        long high = Math.Max(low, stride > 0 ? size : size - 1);
        long first = begin is null ? (stride > 0 ? low : high) : Math.Clamp(begin < 0 ? begin.Value + size : begin.Value, low, high);
        long last = end is null ? (stride > 0 ? high : low) : Math.Clamp(end < 0 ? end.Value + size : end.Value, low, high);
        long span = stride > 0 ? last - first : first - last;
        long step = Math.Abs((long)stride);
        long count = (span + step - 1) / step;
        if (count < 1)
            throw op.Corrupt($"nothing is left of dimension {d}, which has {size}");
        (Begin[d], Strides[d], Counts[d]) = ((int)first, count == 1 ? 1 : stride, (int)count);
        result.Add((int)count);
    }

    private readonly struct Masks(FlatTable? options)
    {
        public int Begin { get; } = options?.Int(Schema.StridedSlice.BeginMask) ?? 0;

        public int End { get; } = options?.Int(Schema.StridedSlice.EndMask) ?? 0;

        public int Ellipsis { get; } = options?.Int(Schema.StridedSlice.EllipsisMask) ?? 0;

        public int NewAxis { get; } = options?.Int(Schema.StridedSlice.NewAxisMask) ?? 0;

        public int ShrinkAxis { get; } = options?.Int(Schema.StridedSlice.ShrinkAxisMask) ?? 0;

        public static bool Has(int mask, int bit) => ((mask >> bit) & 1) != 0;
    }
}
