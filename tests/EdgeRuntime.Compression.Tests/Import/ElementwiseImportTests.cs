namespace EdgeRuntime.Compression.Tests.Import;

/// <summary>Arithmetic, activations, SOFTMAX, PRELU, QUANTIZE, DEQUANTIZE, MEAN and ARG_MAX of written files.</summary>
public class ElementwiseImportTests
{
    private const int Add = 0;
    private const int Dequantize = 6;
    private const int Logistic = 14;
    private const int Mul = 18;
    private const int Relu = 19;
    private const int ReluN1To1 = 20;
    private const int Relu6 = 21;
    private const int Softmax = 25;
    private const int Tanh = 28;
    private const int Mean = 40;
    private const int Sub = 41;
    private const int PRelu = 54;
    private const int ArgMax = 56;
    private const int Quantize = 114;
    private const int HardSwish = 117;

    public static TheoryData<int, byte, bool, bool> Arithmetic()
    {
        var data = new TheoryData<int, byte, bool, bool>();
        foreach (bool int8 in (bool[])[false, true])
        {
            foreach (bool constant in (bool[])[false, true])
            {
                data.Add(Add, 11, int8, constant);
                data.Add(Sub, 28, int8, constant);
                data.Add(Mul, 21, int8, constant);
            }
        }

        return data;
    }

    /// <summary>The second operand is an activation, or a constant of one element per channel; with and without fused RELU6.</summary>
    [Theory]
    [MemberData(nameof(Arithmetic))]
    public void Arithmetic_broadcasts_and_clamps(int code, byte union, bool int8, bool constant)
    {
        float[] a = [1, -2, 3, 0.5f, 4, -5], b = [2, -1.5f, 1];
        foreach (byte activation in (byte[])[0, 3])
        {
            var file = new OperatorFile(int8);
            int x = file.Input([1, 2, 1, 3], a);
            int y = constant ? file.Constant([3], b) : file.Input([1, 1, 1, 3], b);
            file.File.Operator(code, [x, y], [file.Output(1, 2, 1, 3)], new Options(union, (0, activation)));
            file.Gives(
                [
                    .. a.Select((v, i) =>
                    {
                        float w = b[i % 3];
                        float result = code == Add ? v + w : code == Sub ? v - w : v * w;
                        return activation == 3 ? Math.Clamp(result, 0, 6) : result;
                    }),
                ],
                steps: code == Mul ? 0 : 1);
        }
    }

    /// <summary>An arithmetic operator may come without options: no activation.</summary>
    [Fact]
    public void Missing_options_mean_the_schemas_defaults()
    {
        var file = new OperatorFile(false);
        file.File.Operator(Add, [file.Input([2], 1, 2), file.Constant([1], -3)], [file.Output(2)]);
        file.Gives([-2, -1]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Activations(bool int8)
    {
        float[] x = [-8, -3, -2.5f, -1, -0.25f, 0, 0.5f, 1, 2.75f, 3, 6.25f, 20];
        void Is(int code, Func<float, double> function, float scale, int zeroPoint, int steps)
        {
            var file = new OperatorFile(int8);
            file.File.Operator(code, [file.Input([1, 12], x)], [file.Output([1, 12], scale, zeroPoint)]);
            float low = int8 ? (-128 - zeroPoint) * scale : float.MinValue, high = int8 ? (127 - zeroPoint) * scale : float.MaxValue;
            file.Gives([.. x.Select(v => Math.Clamp((float)function(v), low, high))], steps);
        }

        Is(Relu, v => Math.Max(v, 0), 0.25f, 0, 0);
        Is(Relu6, v => Math.Clamp(v, 0, 6), 0.125f, -100, 0);
        Is(ReluN1To1, v => Math.Clamp(v, -1, 1), 0.0625f, 7, 0);
        Is(HardSwish, v => v * Math.Clamp(v + 3, 0, 6) / 6, 0.25f, -50, 1);
        Is(Logistic, v => 1 / (1 + Math.Exp(-v)), 1f / 256, -128, 1);
        Is(Tanh, v => Math.Tanh(v), 1f / 128, 0, 1);
    }

    [Theory]
    [InlineData(false, 1f)]
    [InlineData(true, 1f)]
    [InlineData(false, 0.5f)]
    [InlineData(true, 0.5f)]
    public void Softmax_of_each_row_with_beta(bool int8, float beta)
    {
        float[] x = [1, 2, 3, -1, 0, 4];
        var file = new OperatorFile(int8);
        file.File.Operator(Softmax, [file.Input([2, 3], x)], [file.Output([2, 3], 1f / 256, -128)], new Options(9, (0, beta)));
        double[] e = [.. x.Select(v => Math.Exp(beta * v))];
        file.Gives([.. e.Select((v, i) => (float)(v / (i < 3 ? e[0] + e[1] + e[2] : e[3] + e[4] + e[5])))], steps: 1);
    }

    /// <summary>Slopes for each channel, as 1x1xC, or one for all.</summary>
    [Theory]
    [InlineData(false, 2)]
    [InlineData(true, 2)]
    [InlineData(false, 1)]
    [InlineData(true, 1)]
    public void PRelu_with_a_slope_per_channel_or_one(bool int8, int slopes)
    {
        var file = new OperatorFile(int8);
        int x = file.Input([1, 1, 2, 2], -4, -8, 2, -1);
        file.File.Operator(PRelu, [x, slopes == 2 ? file.Constant([1, 1, 2], 0.5f, 0.25f) : file.Constant([1, 1, 1], 0.5f)], [file.Output(1, 1, 2, 2)]);
        file.Gives(slopes == 2 ? [-2, -2, 2, -0.25f] : [-2, -4, 2, -0.5f]);
    }

    /// <summary>float32 -> int8 -> int8 of another scale -> float32: QUANTIZE stands for both conversions to int8.</summary>
    [Fact]
    public void Quantize_requantize_dequantize()
    {
        var file = new OperatorFile(false);
        int x = file.Input([5], -40, -1.2f, 0.1f, 0.3f, 99);
        int a = file.File.Add(new FileTensor("a", TFLiteFile.Int8, [5]) { Scales = [0.25f], ZeroPoints = [-8] });
        int b = file.File.Add(new FileTensor("b", TFLiteFile.Int8, [5]) { Scales = [0.5f], ZeroPoints = [10] });
        file.File.Operator(Quantize, [x], [a]);
        file.File.Operator(Quantize, [a], [b]);
        file.File.Operator(Dequantize, [b], [file.Output(5)]);

        // 0.25 units: -128 (-30), -5 (-1.25), 0, 1 (0.25), 127 (33.75); then halves, where TensorFlow Lite's
        // doubling product rounds ties up: -2.5 to -2, 0.5 to 1, 67.5 to 68.
        file.Gives([-30, -1, 0, 0.5f, 34]);
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    [InlineData(true, false)]
    public void Mean_over_rows_and_columns(bool int8, bool keep)
    {
        var file = new OperatorFile(int8);
        int x = file.Input([1, 2, 2, 2], 1, -2, 3, -4, 5, -6, 7, -8);
        file.File.Operator(Mean, [x, file.File.Ints(2, -3)], [keep ? file.Output(1, 1, 1, 2) : file.Output(1, 2)], new Options(27, (0, keep)));
        file.Gives([4, -5]);
    }

    [Fact]
    public void Mean_over_one_axis_given_as_scalar()
    {
        var file = new OperatorFile(false);
        file.File.Operator(Mean, [file.Input([2, 2], 1, 3, 5, 9), file.File.Scalar(1)], [file.Output(2)]);
        file.Gives([2, 7]);
    }

    /// <summary>The first of equal values counts; an int64 output becomes int32.</summary>
    [Theory]
    [InlineData(false, TFLiteFile.Int32)]
    [InlineData(true, TFLiteFile.Int32)]
    [InlineData(false, TFLiteFile.Int64)]
    public void ArgMax_over_the_last_axis(bool int8, byte type)
    {
        var file = new OperatorFile(int8);
        int y = file.File.Add(new FileTensor("argmax", type, [2]));
        file.File.Outputs.Add(y);
        file.File.Operator(ArgMax, [file.Input([2, 3], 1, 5, 5, -1, -2, -3), file.File.Scalar(-1)], [y], new Options(40, (0, type)));
        file.Gives([1, 0]);
    }
}
