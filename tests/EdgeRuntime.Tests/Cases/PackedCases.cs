using EdgeRuntime.Model;

namespace EdgeRuntime.Tests.Cases;

/// <summary>Cases of operators that make, pool, move or unpack packed signs: remainders of words, thresholds, directions, windows over the border.</summary>
internal static class PackedCases
{
    private static readonly int[] channelCounts = [1, 3, 8, 15, 16, 17, 31, 32, 33, 48, 64, 70, 96, 100, 128, 129, 160, 256];

    public static IReadOnlyList<OperatorCase> All { get; } =
    [
        .. channelCounts.SelectMany(Signs),
        .. Pools(),
        .. Movements(),
    ];

    private static IEnumerable<OperatorCase> Signs(int channels)
    {
        // Pixels around those that a kernel takes at once, and more than a unit of work has.
        foreach (Shape shape in (Shape[])[new(1, 3, 5, channels), new(11, channels), new(channels), .. channels is 64 or 96 ? (Shape[])[new(523, channels)] : []])
        {
            foreach ((bool thresholds, bool directions) in ((bool, bool)[])[(false, false), (true, false), (false, true), (true, true)])
            {
                yield return new OperatorCase($"Float32 {shape}, thresholds {thresholds}, directions {directions}", OperatorKind.Binarize, b =>
                {
                    int x = b.Float32Input(shape);
                    int t = thresholds ? b.Float32Constant(new Shape(channels), 3) : -1;
                    b.Node(OperatorKind.Binarize, [x, t, directions ? b.Bits(new Shape(channels)) : -1], [b.Output(DataType.Bit, shape)]);
                });
                yield return new OperatorCase($"Int8 {shape}, thresholds {thresholds}, directions {directions}", OperatorKind.Binarize, b =>
                {
                    int x = b.Int8Input(shape);
                    int t = thresholds ? b.Constant("thresholds", DataType.Int32, new Shape(channels), Thresholds(b, channels)) : -1;
                    b.Node(OperatorKind.Binarize, [x, t, directions ? b.Bits(new Shape(channels)) : -1], [b.Output(DataType.Bit, shape)]);
                });
            }

            yield return Unbinarize(shape, DataType.Float32, null);
            yield return Unbinarize(shape, DataType.Int8, new Quantization(0.37f, 5));
            yield return Unbinarize(shape, DataType.Int8, new Quantization(0.004f, -20));
        }
    }

    /// <summary>Thresholds that int8 reaches, and some that it never does.</summary>
    private static int[] Thresholds(CaseBuilder b, int channels)
    {
        int[] ends = [int.MinValue, -129, -128, -127, 127, 128, 129, int.MaxValue];
        return [.. Enumerable.Range(0, channels).Select(_ => b.Random.Next(4) == 0 ? ends[b.Random.Next(ends.Length)] : b.Random.Next(-100, 100))];
    }

    private static OperatorCase Unbinarize(Shape shape, DataType type, Quantization? q) => new($"to {type} {shape} {q?.Scale}", OperatorKind.Unbinarize, b =>
    {
        int x = b.Input(DataType.Bit, shape, null);
        b.Node(OperatorKind.Unbinarize, [x], [b.Output(type, shape, q)]);
    });

    private static IEnumerable<OperatorCase> Pools()
    {
        foreach (int channels in channelCounts)
        {
            foreach (OperatorCase c in Pools(new Shape(1, 5, 7, channels), 2, 2, 2, Padding2D.Valid).Concat(Pools(new Shape(2, 5, 6, channels), 3, 3, 2, Padding2D.Same)))
                yield return c;
        }

        (Shape, int, int, int, Padding2D)[] more =
        [
            (new Shape(1, 8, 8, 64), 8, 8, 8, Padding2D.Valid), (new Shape(1, 7, 7, 160), 7, 7, 1, Padding2D.Valid), (new Shape(2, 5, 5, 128), 3, 3, 1, Padding2D.Same),
            (new Shape(1, 5, 5, 96), 1, 1, 2, Padding2D.Valid), (new Shape(1, 5, 5, 40), 3, 3, 2, Padding2D.Of(1, 1, 1, 1)), (new Shape(1, 6, 9, 256), 2, 3, 1, Padding2D.Of(1, 0, 0, 2)),
            (new Shape(1, 20, 20, 32), 20, 20, 20, Padding2D.Valid), (new Shape(1, 6, 9, 65), 4, 1, 1, Padding2D.Valid),
        ];
        foreach ((Shape x, int height, int width, int stride, Padding2D padding) in more)
        {
            foreach (OperatorCase c in Pools(x, height, width, stride, padding))
                yield return c;
        }
    }

    private static IEnumerable<OperatorCase> Pools(Shape x, int height, int width, int stride, Padding2D padding)
    {
        var options = new Pool2DOptions { FilterHeight = height, FilterWidth = width, StrideHeight = stride, StrideWidth = stride, Padding = padding };
        var y = new Shape(
            x[0], CaseScales.Size(x[1], height, stride, 1, padding.Mode, padding.Top + padding.Bottom), CaseScales.Size(x[2], width, stride, 1, padding.Mode, padding.Left + padding.Right), x[3]);
        foreach (OperatorKind kind in (OperatorKind[])[OperatorKind.BinaryMaxPool2D, OperatorKind.BinaryAveragePool2D])
            yield return new OperatorCase($"{x} {height}x{width} stride {stride} {padding}", kind, b => b.Node(kind, [b.Input(DataType.Bit, x, null)], [b.Output(DataType.Bit, y)], options));
    }

    private static IEnumerable<OperatorCase> Movements()
    {
        foreach (int channels in (int[])[4, 32, 64, 70, 128, 192])
        {
            yield return Move(OperatorKind.ChannelShuffle, [new(1, 3, 4, channels)], [new(1, 3, 4, channels)], new GroupOptions(2));
            yield return Move(OperatorKind.Split, [new(1, 3, 4, channels)], [new(1, 3, 4, channels / 2), new(1, 3, 4, channels / 2)], new AxisOptions(3));
            yield return Move(OperatorKind.Concat, [new(1, 3, 4, channels), new(1, 3, 4, 32)], [new(1, 3, 4, channels + 32)], new AxisOptions(-1));
            yield return Move(OperatorKind.Concat, [new(1, 3, 4, 32), new(1, 3, 4, channels), new(1, 3, 4, 5)], [new(1, 3, 4, channels + 37)], new AxisOptions(3));
            yield return Move(OperatorKind.Slice, [new(1, 4, 4, channels)], [new(1, 2, 3, channels)], new SliceOptions([0, 1, 1, 0], [1, 1, 1, 1]));
            yield return Move(OperatorKind.Concat, [new(1, 2, 4, channels), new(1, 3, 4, channels)], [new(1, 5, 4, channels)], new AxisOptions(1));
        }

        yield return Move(OperatorKind.ChannelShuffle, [new(2, 3, 1, 96)], [new(2, 3, 1, 96)], new GroupOptions(3));
        yield return Move(OperatorKind.ChannelShuffle, [new(2, 3, 1, 256)], [new(2, 3, 1, 256)], new GroupOptions(4));
        yield return Move(OperatorKind.ChannelShuffle, [new(1, 3, 4, 70)], [new(1, 3, 4, 70)], new GroupOptions(5));
        yield return Move(OperatorKind.ChannelShuffle, [new(1, 3, 4, 34)], [new(1, 3, 4, 34)], new GroupOptions(17));
        yield return Move(OperatorKind.ChannelShuffle, [new(1, 3, 4, 34)], [new(1, 3, 4, 34)], new GroupOptions(2));
        yield return Move(OperatorKind.Split, [new(1, 3, 4, 99)], [new(1, 3, 4, 33), new(1, 3, 4, 33), new(1, 3, 4, 33)], new AxisOptions(-1));
        yield return Move(OperatorKind.Slice, [new(1, 3, 3, 128)], [new(1, 3, 2, 70)], new SliceOptions([0, 0, 1, 29], [1, 1, 1, 1]));
        yield return Move(OperatorKind.Concat, [new(3, 7), new(3, 64), new(3, 31)], [new(3, 102)], new AxisOptions(1));
        yield return Move(OperatorKind.Transpose, [new(2, 3, 5, 70)], [new(5, 2, 3, 70)], new TransposeOptions([2, 0, 1, 3]));
        yield return Move(OperatorKind.StridedSlice, [new(1, 5, 5, 64)], [new(1, 3, 3, 32)], new SliceOptions([0, 0, 0, 1], [1, 2, 2, 2]));
        yield return Move(OperatorKind.StridedSlice, [new(1, 5, 5, 64)], [new(1, 3, 3, 64)], new SliceOptions([0, 0, 0, 0], [1, 2, 2, 1]));
        yield return Move(OperatorKind.Slice, [new(1, 3, 3, 128)], [new(1, 3, 3, 64)], new SliceOptions([0, 0, 0, 32], [1, 1, 1, 1]));
        yield return Move(OperatorKind.Transpose, [new(1, 3, 5, 40)], [new(1, 5, 3, 40)], new TransposeOptions([0, 2, 1, 3]));
        yield return Move(OperatorKind.Transpose, [new(3, 40)], [new(40, 3)], new TransposeOptions([1, 0]));
        yield return Move(OperatorKind.Reshape, [new(1, 3, 5, 64)], [new(1, 15 * 64)], NoOptions.Instance);
    }

    private static OperatorCase Move(OperatorKind kind, Shape[] inputs, Shape[] outputs, OperatorOptions options) =>
        new($"Bit {string.Join(", ", inputs)} to {string.Join(", ", outputs)}", kind, b =>
        {
            int[] x = [.. inputs.Select(s => b.Input(DataType.Bit, s, null))];
            b.Node(kind, x, [.. outputs.Select(s => b.Output(DataType.Bit, s))], options);
        });
}
