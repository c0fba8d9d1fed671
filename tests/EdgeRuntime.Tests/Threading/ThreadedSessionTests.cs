using EdgeRuntime.Model;
using EdgeRuntime.Tests.Cases;

namespace EdgeRuntime.Tests.Threading;

/// <summary>Networks large enough to be split give the same bits for every number of threads, run after run.</summary>
public class ThreadedSessionTests
{
    private const int Runs = 6;

    public static TheoryData<DataType, int, int> Shapes => new(
        from type in (DataType[])[DataType.Int8, DataType.Float32]
        from shape in ((int, int)[])[(21, 24), (7, 96)]
        select (type, shape.Item1, shape.Item2));

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Outputs_do_not_depend_on_the_number_of_threads(DataType type, int size, int channels)
    {
        using var model = new EdgeModel(Network(type, size, channels), new ModelMetadata());
        using PreparedModel prepared = model.Prepare();
        byte[] expected = [];
        for (int threads = 1; threads <= 5; threads++)
        {
            using Session session = prepared.CreateSession(threads: threads);
            for (int run = 0; run < Runs; run++)
            {
                CaseBuilder.RandomBytes(new Random(run % 2), type, new Shape(1, size, size, channels)).CopyTo(session.Input<byte>());
                session.Run();
                if (threads == 1 && run == 0)
                    expected = session.Output<byte>().ToArray();
                else if (run % 2 == 0)
                    Assert.Equal(expected, session.Output<byte>().ToArray());
            }
        }
    }

    /// <summary>A residual block: 3x3, depthwise, 1x1, sum.</summary>
    private static Graph Network(DataType type, int size, int channels)
    {
        var b = new CaseBuilder(new Random(9));
        var shape = new Shape(1, size, size, channels);
        var options = new Conv2DOptions { Padding = Padding2D.Same, Activation = Activation.Relu };
        int x = b.Input(type, shape, type == DataType.Int8 ? new Quantization(0.05f, -3) : null);
        int full = Layer(OperatorKind.Conv2D, x, new Shape(channels, 3, 3, channels), options);
        int depthwise = Layer(OperatorKind.DepthwiseConv2D, full, new Shape(1, 3, 3, channels), options);
        int pixels = Layer(OperatorKind.Conv2D, depthwise, new Shape(channels, 1, 1, channels), new Conv2DOptions());
        int y = Tensor(0.1f);
        b.Graph.AddOutput(y);
        b.Node(OperatorKind.Add, [pixels, full], [y], new ActivationOptions(Activation.None));
        return b.Graph.Build();

        int Tensor(float scale) => b.Graph.AddActivation("y", type, shape, type == DataType.Int8 ? new Quantization(scale, -7) : null);

        int Layer(OperatorKind kind, int input, Shape weights, Conv2DOptions layer)
        {
            bool depthwiseLayer = kind == OperatorKind.DepthwiseConv2D;
            int w = type == DataType.Int8 ? b.Int8Weights(weights, depthwiseLayer ? 3 : 0, 0.02f) : b.Float32Constant(weights);
            int bias = type == DataType.Int8 ? b.Int32Bias(channels, 5000) : b.Float32Constant(new Shape(channels));
            int output = Tensor(0.6f);
            b.Node(kind, [input, w, bias], [output], layer);
            return output;
        }
    }
}
