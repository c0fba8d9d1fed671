using EdgeRuntime.Model;

namespace EdgeRuntime.Tests.Planning;

/// <summary>What kernels pack beside the model's constants has a limit: a small file can use one constant many times.</summary>
public class PackedLimitTests
{
    [Fact]
    public void Weights_that_many_operators_share_are_packed_within_the_limit_or_refused()
    {
        using EdgeModel model = SharedWeights(operators: 6);
        var one = Assert.Throws<EdgeModelException>(() => model.Prepare(new PrepareOptions { MaxPackedBytes = 1 }));
        Assert.Equal(ModelError.TooLarge, one.Error);
        Assert.Contains("the limit is 1", one.Message, StringComparison.Ordinal);

        long packed;
        using (PreparedModel prepared = model.Prepare())
            packed = prepared.PackedBytes;
        long enough = Math.Max(packed, 1 << 20);
        model.Prepare(new PrepareOptions { MaxPackedBytes = enough }).Dispose();

        // Cores without optimised kernels pack nothing.
        if (packed > 0)
            Assert.Contains($"the limit is {packed - 1}", Assert.Throws<EdgeModelException>(() => model.Prepare(new PrepareOptions { MaxPackedBytes = packed - 1 })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Reference_kernels_use_the_constants_in_place()
    {
        using EdgeModel model = SharedWeights(operators: 2);
        using PreparedModel prepared = model.Prepare(new PrepareOptions { ReferenceKernels = true, MaxPackedBytes = 0 });
        Assert.Equal(0, prepared.PackedBytes);
    }

    /// <summary>A chain of 1x1 convolutions from 16 to 16 channels that all have the same weights.</summary>
    private static EdgeModel SharedWeights(int operators)
    {
        var builder = new GraphBuilder();
        var quantization = new Quantization(1, 0);
        int weights = builder.AddConstant("weights", DataType.Int8, new Shape(16, 1, 1, 16), new byte[256], new Quantization(0.5f, 0));
        int x = builder.AddActivation("x", DataType.Int8, new Shape(1, 4, 4, 16), quantization);
        builder.AddInput(x);
        for (int i = 0; i < operators; i++)
        {
            int y = builder.AddActivation($"y{i}", DataType.Int8, new Shape(1, 4, 4, 16), quantization);
            builder.AddNode(OperatorKind.Conv2D, $"conv{i}", [x, weights], [y], new Conv2DOptions());
            x = y;
        }

        builder.AddOutput(x);
        return new EdgeModel(builder.Build(), new ModelMetadata());
    }
}
