namespace EdgeRuntime.Compression.Tests.Import;

/// <summary>Operators that move elements, of written files: shapes, axes and bounds come as tensors and become options.</summary>
public class MovementImportTests
{
    private const int Concatenation = 2;
    private const int Reshape = 22;
    private const int ResizeBilinear = 23;
    private const int Pad = 34;
    private const int Transpose = 39;
    private const int Squeeze = 43;
    private const int StridedSlice = 45;
    private const int Split = 49;
    private const int PadV2 = 60;
    private const int Slice = 65;
    private const int ExpandDims = 70;
    private const int ResizeNearest = 97;
    private const int SplitV = 102;

    private static readonly float[] six = [1, 2, 3, 4, 5, 6];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Reshape_by_tensor_options_or_output(bool int8)
    {
        var file = new OperatorFile(int8);
        file.File.Operator(Reshape, [file.Input([2, 3], six), file.File.Ints(3, -1)], [file.Output(3, 2)]);
        file.Gives(six);
        file = new OperatorFile(int8);
        file.File.Operator(Reshape, [file.Input([2, 3], six)], [file.Output(6)], new Options(17, (0, new int[] { 6 })));
        file.Gives(six);
        file = new OperatorFile(int8);
        file.File.Operator(Reshape, [file.Input([2, 3], six)], [file.Output(1, 6)]);
        file.Gives(six);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Squeeze_and_expand(bool int8)
    {
        var file = new OperatorFile(int8);
        int middle = file.Activation([2, 3]);
        file.File.Operator(Squeeze, [file.Input([1, 2, 1, 3], six)], [middle], new Options(30, (0, new int[] { 0, 2 })));
        file.File.Operator(ExpandDims, [middle, file.File.Scalar(-1)], [file.Output(2, 3, 1)]);
        file.Gives(six);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Transpose_by_permutation(bool int8)
    {
        var file = new OperatorFile(int8);
        file.File.Operator(Transpose, [file.Input([1, 2, 3], six), file.File.Ints(2, 0, 1)], [file.Output(3, 1, 2)]);
        file.Gives([1, 4, 2, 5, 3, 6]);
    }

    /// <summary>The border is the real value 0: the zero point, where the type is int8.</summary>
    [Theory]
    [InlineData(false, Pad, false)]
    [InlineData(true, Pad, false)]
    [InlineData(false, PadV2, false)]
    [InlineData(true, PadV2, false)]
    [InlineData(false, Pad, true)]
    public void Pad_with_zeros(bool int8, int code, bool longs)
    {
        var file = new OperatorFile(int8);
        int x = file.Input([2, 2], 1, 2, 3, 4);
        int paddings = longs ? file.File.Longs(0, 1, 2, 0) : file.File.Ints(0, 1, 2, 0);
        file.File.Operator(code, code == Pad ? [x, paddings] : [x, paddings, Zero(file)], [file.Output(3, 4)]);
        file.Gives([0, 0, 1, 2, 0, 0, 3, 4, 0, 0, 0, 0]);
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 0)]
    [InlineData(false, 1)]
    [InlineData(true, 3)]
    public void Concatenation_along_an_axis_with_activation(bool int8, byte activation)
    {
        var file = new OperatorFile(int8);
        int a = file.Input([2, 1], 1, -2), b = file.Input([2, 2], 3, -4, 8, 6);
        file.File.Operator(Concatenation, [a, b], [file.Output(2, 3)], new Options(10, (0, -1), (1, activation)));
        file.Gives(activation switch
        {
            1 => [1, 3, 0, 0, 8, 6],
            3 => [1, 3, 0, 0, 6, 6],
            _ => [1, 3, -4, -2, 8, 6],
        });
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Split_into_equal_parts(bool int8)
    {
        var file = new OperatorFile(int8);
        file.File.Operator(Split, [file.File.Scalar(1), file.Input([2, 3], six)], [file.Output(2, 1), file.Output(2, 1), file.Output(2, 1)], new Options(35, (0, 3)));
        Assert.Equal([[1, 4], [2, 5], [3, 6]], file.Run());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void SplitV_into_parts_of_given_sizes(bool int8)
    {
        var file = new OperatorFile(int8);
        file.File.Operator(SplitV, [file.Input([2, 3], six), file.File.Ints(2, -1), file.File.Scalar(-1)], [file.Output(2, 2), file.Output(2, 1)], new Options(79, (0, 2)));
        Assert.Equal([[1, 2, 4, 5], [3, 6]], file.Run());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Slice_from_a_place_on(bool int8)
    {
        var file = new OperatorFile(int8);
        file.File.Operator(Slice, [file.Input([2, 3], six), file.File.Ints(0, 1), file.File.Ints(2, -1)], [file.Output(2, 2)]);
        file.Gives([2, 3, 5, 6]);
    }

    /// <summary>
    /// x[...] of a 2x3x2 tensor that counts 0..11: each mask, negative bounds and strides, and TensorFlow's "up to the end" in 64 bits.
    /// </summary>
    [Theory]
    [InlineData("x[1:2, 0:3:2, :]", new[] { 1, 0, 0 }, new[] { 2, 3, 0 }, new[] { 1, 2, 1 }, 4, 4, 0, 0, 0, new[] { 1, 2, 2 }, new[] { 6f, 7, 10, 11 })]
    [InlineData("x[0]", new[] { 0 }, new[] { 1 }, new[] { 1 }, 0, 0, 0, 0, 1, new[] { 3, 2 }, new[] { 0f, 1, 2, 3, 4, 5 })]
    [InlineData("x[-1, ..., 1]", new[] { -1, 0, 1 }, new[] { 0, 0, 2 }, new[] { 1, 1, 1 }, 0, 0, 2, 0, 5, new[] { 3 }, new[] { 7f, 9, 11 })]
    [InlineData("x[:, newaxis, 2:0:-1]", new[] { 0, 0, 2 }, new[] { 0, 0, 0 }, new[] { 1, 1, -1 }, 1, 1, 0, 2, 0, new[] { 2, 1, 2, 2 }, new[] { 4f, 5, 2, 3, 10, 11, 8, 9 })]
    [InlineData("x[::-1, -2:, 0:1]", new[] { 0, -2, 0 }, new[] { 0, 0, 1 }, new[] { -1, 1, 1 }, 1, 3, 0, 0, 0, new[] { 2, 2, 1 }, new[] { 8f, 10, 2, 4 })]
    [InlineData("x[0:99, -99:2]", new[] { 0, -99 }, new[] { 99, 2 }, new[] { 1, 1 }, 0, 0, 0, 0, 0, new[] { 2, 2, 2 }, new[] { 0f, 1, 2, 3, 6, 7, 8, 9 })]
    public void StridedSlice_with_masks(
        string meaning, int[] begin, int[] end, int[] strides, int beginMask, int endMask, int ellipsisMask, int newAxisMask, int shrinkMask, int[] shape, float[] expected)
    {
        foreach (bool int8 in (bool[])[false, true])
        {
            var file = new OperatorFile(int8);
            int x = file.Input([2, 3, 2], [.. Enumerable.Range(0, 12).Select(i => (float)i)]);
            file.File.Operator(
                StridedSlice,
                [x, file.File.Ints(begin), file.File.Longs([.. end.Select(e => e == 99 ? long.MaxValue : e)]), file.File.Ints(strides)],
                [file.Output(shape)],
                new Options(32, (0, beginMask), (1, endMask), (2, ellipsisMask), (3, newAxisMask), (4, shrinkMask)));
            Assert.True(expected.SequenceEqual(Assert.Single(file.Run())), meaning);
        }
    }

    [Theory]
    [InlineData(false, false, false, new[] { 1f, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4 })]
    [InlineData(true, false, false, new[] { 1f, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4 })]
    [InlineData(false, true, false, new[] { 1f, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4 })]
    [InlineData(false, false, true, new[] { 1f, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4 })]
    public void Resize_to_nearest(bool int8, bool alignCorners, bool halfPixelCenters, float[] expected)
    {
        var file = new OperatorFile(int8);
        file.File.Operator(
            ResizeNearest, [file.Input([1, 2, 2, 1], 1, 2, 3, 4), file.File.Ints(4, 4)], [file.Output(1, 4, 4, 1)], new Options(74, (0, alignCorners), (1, halfPixelCenters)));
        file.Gives(expected);
    }

    /// <summary>A row 0, 4 to four columns: at 0, 0.5, 1, 1.5; with aligned corners at 0, 1/3, 2/3, 1; with half-pixel centres at -0.25, 0.25, 0.75, 1.25.</summary>
    [Theory]
    [InlineData(false, false, false, new[] { 0f, 2, 4, 4 })]
    [InlineData(true, false, false, new[] { 0f, 2, 4, 4 })]
    [InlineData(false, true, false, new[] { 0f, 4f / 3, 8f / 3, 4 })]
    [InlineData(true, true, false, new[] { 0f, 4f / 3, 8f / 3, 4 })]
    [InlineData(false, false, true, new[] { 0f, 1, 3, 4 })]
    [InlineData(true, false, true, new[] { 0f, 1, 3, 4 })]
    public void Resize_bilinearly(bool int8, bool alignCorners, bool halfPixelCenters, float[] expected)
    {
        var file = new OperatorFile(int8);
        file.File.Operator(
            ResizeBilinear, [file.Input([1, 1, 2, 1], 0, 4), file.File.Ints(1, 4)], [file.Output(1, 1, 4, 1)], new Options(15, (2, alignCorners), (3, halfPixelCenters)));
        file.Gives(expected, steps: 1);
    }

    private static int Zero(OperatorFile file) => file.IsInt8
        ? file.File.Add(new FileTensor("border", TFLiteFile.Int8, [1]) { Data = [unchecked((byte)-3)], Scales = [OperatorFile.Scale], ZeroPoints = [-3] })
        : file.File.Add(new FileTensor("border", TFLiteFile.Float32, [1]) { Data = [0, 0, 0, 0] });
}
