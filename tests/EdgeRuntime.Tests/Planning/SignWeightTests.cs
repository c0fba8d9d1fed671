using System.Runtime.InteropServices;
using EdgeRuntime.Kernels;
using EdgeRuntime.Model;
using EdgeRuntime.Planning;
using EdgeRuntime.Tests.Cases;

namespace EdgeRuntime.Tests.Planning;

/// <summary>Binary weights of real activations give what int8 weights of +1 and -1, or float32 weights of the scales, give.</summary>
public class SignWeightTests
{
    private static readonly Shape input = new(1, 6, 5, 70);

    public static TheoryData<OperatorKind, DataType> Layers => new(
        from kind in (OperatorKind[])[OperatorKind.Conv2D, OperatorKind.DepthwiseConv2D, OperatorKind.FullyConnected]
        from type in (DataType[])[DataType.Int8, DataType.Float32]
        select (kind, type));

    [Theory]
    [MemberData(nameof(Layers))]
    public void Packed_weights_equal_wide_ones(OperatorKind kind, DataType type)
    {
        Shape weights = kind switch
        {
            OperatorKind.Conv2D => new Shape(9, 3, 3, 70),
            OperatorKind.DepthwiseConv2D => new Shape(1, 3, 3, 70),
            _ => new Shape(90, 70),
        };
        var random = new Random(5);
        byte[] bits = CaseBuilder.RandomBytes(random, DataType.Bit, weights);
        int axis = kind == OperatorKind.DepthwiseConv2D ? 3 : 0;
        var scales = new Quantization([.. Enumerable.Range(0, weights[axis]).Select(_ => 0.01f + random.NextSingle())], new int[weights[axis]], axis);
        byte[] wide = Wide(bits, weights, type, scales);
        Quantization? wideScales = type == DataType.Int8 ? scales : null;

        byte[] expected = Run(kind, type, weights, new TensorInfo("w", type, weights, wideScales, wide), scales);
        Assert.Equal(expected, Run(kind, type, weights, new TensorInfo("w", DataType.Bit, weights, scales, bits), scales));
    }

    [Fact]
    public void The_file_holds_a_bit_for_each_weight()
    {
        var weights = new Shape(64, 3, 3, 128);
        byte[] bits = CaseBuilder.RandomBytes(new Random(1), DataType.Bit, weights);
        var scales = new Quantization(new float[64].Select(_ => 0.02f).ToArray(), new int[64], 0);
        using var model = new EdgeModel(Layer(OperatorKind.Conv2D, DataType.Int8, new Shape(1, 5, 5, 128), weights, new TensorInfo("w", DataType.Bit, weights, scales, bits), scales), new ModelMetadata());
        byte[] file = model.ToBytes();
        Assert.InRange(file.Length, weights.ElementCount / 8, weights.ElementCount / 8 + 2048);
        using EdgeModel loaded = EdgeModel.Load(file);
        using PreparedModel prepared = loaded.Prepare();
        using Session session = prepared.CreateSession();
        session.Run();
    }

    [Fact]
    public void Damaged_packed_weights_are_refused()
    {
        var weights = new Shape(9, 70);
        byte[] bits = CaseBuilder.RandomBytes(new Random(1), DataType.Bit, weights);
        var scales = new Quantization(0.1f, 0);
        Refused(ModelError.BadType, new TensorInfo("w", DataType.Bit, weights, null, bits));
        Refused(ModelError.BadType, new TensorInfo("w", DataType.Bit, weights, new Quantization(0.1f, 1), bits));
        Refused(ModelError.BadType, new TensorInfo("w", DataType.Bit, weights, new Quantization(new float[70].Select(_ => 1f).ToArray(), new int[70], 1), bits));
        bits[^1] = 0x80;
        Refused(ModelError.Corrupt, new TensorInfo("w", DataType.Bit, weights, scales, bits));
    }

    /// <summary>Another kernel would read them as bytes, far past their end, and give whatever lies there: the damaged operators found that, one run in many.</summary>
    [Theory]
    [MemberData(nameof(Layers))]
    public void Only_kernels_that_read_bits_take_packed_weights_as_they_are(OperatorKind kind, DataType type)
    {
        Shape weights = kind switch
        {
            OperatorKind.Conv2D => new Shape(5, 1, 1, 70),
            OperatorKind.DepthwiseConv2D => new Shape(1, 3, 3, 70),
            _ => new Shape(90, 70),
        };
        int axis = kind == OperatorKind.DepthwiseConv2D ? 3 : 0;
        var scales = new Quantization([.. Enumerable.Repeat(0.02f, weights[axis])], new int[weights[axis]], axis);
        byte[] bits = CaseBuilder.RandomBytes(new Random(1), DataType.Bit, weights);
        Graph packed = Layer(kind, type, input, weights, new TensorInfo("w", DataType.Bit, weights, scales, bits), scales);
        Graph wide = SignWeights.Unpack(packed);
        Assert.All(KernelTable.Entries.Where(e => KernelRunner.Supports(e, packed)), e => Assert.True(e.ReadsBits, e.Name));
        Assert.All(KernelTable.Entries.Where(e => KernelRunner.Supports(e, wide)), e => Assert.False(e.ReadsBits, e.Name));
        Assert.Contains(KernelTable.Entries, e => KernelRunner.Supports(e, wide));
    }

    /// <summary>Every sum of four at its limit, in rows of several runs of groups: what 16 bits must hold.</summary>
    [Theory]
    [InlineData(sbyte.MinValue, true)]
    [InlineData(sbyte.MinValue, false)]
    [InlineData(sbyte.MaxValue, true)]
    [InlineData(sbyte.MaxValue, false)]
    public void Sums_at_their_limits_are_exact(sbyte value, bool negative)
    {
        const int Inputs = 4 * 62 * 8;
        var weights = new Shape(70, Inputs);
        byte[] bits = new byte[DataTypes.ByteSize(DataType.Bit, weights)];
        bits.AsSpan().Fill(negative ? (byte)0xFF : (byte)0);
        var scales = new Quantization(0.01f, 0);
        Graph graph = Layer(OperatorKind.FullyConnected, DataType.Int8, new Shape(1, Inputs), weights, new TensorInfo("w", DataType.Bit, weights, scales, bits), scales, 20);
        byte[][] outputs = [.. ((bool[])[false, true]).Select(reference =>
        {
            using var model = new EdgeModel(graph, new ModelMetadata());
            using PreparedModel prepared = model.Prepare(new PrepareOptions { ReferenceKernels = reference });
            using Session session = prepared.CreateSession();
            session.Input<sbyte>().Fill(value);
            session.Run();
            return session.Output<byte>().ToArray();
        })];
        Assert.Equal(outputs[1], outputs[0]);
        Assert.DoesNotContain((byte)sbyte.MaxValue, outputs[0]);
    }

    /// <summary>What is resident of a wide layer of one-bit weights: bits where a kernel reads them, else bytes.</summary>
    [Fact]
    public void Weights_stay_bits_where_a_kernel_reads_bits()
    {
        var weights = new Shape(512, 1024);
        byte[] bits = CaseBuilder.RandomBytes(new Random(1), DataType.Bit, weights);
        var scales = new Quantization(0.01f, 0);
        Graph graph = Layer(OperatorKind.FullyConnected, DataType.Int8, new Shape(1, 1024), weights, new TensorInfo("w", DataType.Bit, weights, scales, bits), scales);
        using var model = new EdgeModel(graph, new ModelMetadata());
        using PreparedModel prepared = model.Prepare();
        bool arm = (Cpu.Features & CpuFeatures.AdvSimd) != 0;
        Assert.Equal(arm ? DataType.Bit : DataType.Int8, prepared.Graph.Tensors[prepared.Graph.Nodes[0].Inputs[1]].Type);
        Assert.InRange(prepared.PackedBytes, 1, weights.ElementCount / (arm ? 7 : 1) + 16 * 512);
    }

    private static void Refused(ModelError error, TensorInfo weights)
    {
        using var model = new EdgeModel(Layer(OperatorKind.FullyConnected, DataType.Int8, input, weights.Shape, weights, new Quantization(0.1f, 0)), new ModelMetadata());
        Assert.Equal(error, Assert.Throws<EdgeModelException>(() => model.Prepare()).Error);
    }

    private static byte[] Run(OperatorKind kind, DataType type, Shape weights, TensorInfo tensor, Quantization scales)
    {
        using var model = new EdgeModel(Layer(kind, type, input, weights, tensor, scales), new ModelMetadata());
        using PreparedModel prepared = model.Prepare();
        using Session session = prepared.CreateSession();
        CaseBuilder.RandomBytes(new Random(3), type, input).CopyTo(session.Input<byte>());
        session.Run();
        return session.Output<byte>().ToArray();
    }

    private static Graph Layer(OperatorKind kind, DataType type, Shape x, Shape weights, TensorInfo tensor, Quantization scales, float outputScale = 0.3f)
    {
        var builder = new CaseBuilder(new Random(7));
        Quantization? xq = type == DataType.Int8 ? new Quantization(0.02f, 3) : null;
        int channels = weights[scales.IsPerChannel ? scales.Axis : 0];
        int input = builder.Input(type, x, xq);
        int w = builder.Graph.AddTensor(tensor);
        int bias = type == DataType.Int8 ? builder.Int32Bias(channels, 500) : builder.Float32Constant(new Shape(channels));
        Shape y = kind == OperatorKind.FullyConnected ? new Shape((int)(x.ElementCount / weights[1]), channels) : new Shape(x[0], x[1], x[2], channels);
        int output = builder.Output(type, y, type == DataType.Int8 ? new Quantization(outputScale, -4) : null);
        OperatorOptions options = kind == OperatorKind.FullyConnected ? new ActivationOptions(Activation.Relu) : new Conv2DOptions { Padding = Padding2D.Same };
        builder.Node(kind, [input, w, bias], [output], options);
        return builder.Graph.Build();
    }

    private static byte[] Wide(byte[] bits, Shape weights, DataType type, Quantization scales)
    {
        ReadOnlySpan<uint> words = MemoryMarshal.Cast<byte, uint>(bits);
        int inner = weights[^1];
        int perRow = DataTypes.WordsFor(inner);
        sbyte[] signs = new sbyte[weights.ElementCount];
        float[] values = new float[signs.Length];
        for (int i = 0; i < signs.Length; i++)
        {
            int c = i % inner;
            signs[i] = (sbyte)((words[i / inner * perRow + c / 32] >> (c % 32) & 1) == 0 ? 1 : -1);
            values[i] = signs[i] * scales.Scales[scales.Axis == 0 ? i / (signs.Length / weights[0]) : c];
        }

        return type == DataType.Int8 ? MemoryMarshal.AsBytes<sbyte>(signs).ToArray() : MemoryMarshal.AsBytes<float>(values).ToArray();
    }
}
