using System.Text.Json;
using EdgeRuntime.Model;

namespace EdgeRuntime.Tests.Golden;

/// <summary>Every operator of the golden models alone, its inputs taken from the dump: the output must be the dump's, bit for bit.</summary>
public class GoldenOperatorTests
{
    [Theory]
    [InlineData("resnet8_int8", 16)]
    [InlineData("vww_96_int8", 31)]
    [InlineData("person_detect", 31)]
    [InlineData("mobilenet_v2_int8", 84)]
    public void Each_operator_gives_the_golden_output(string name, int operators)
    {
        using var golden = new GoldenModel(name);
        Assert.Equal(operators, golden.Operators.Count);
        foreach (JsonElement op in golden.Operators)
        {
            int[] inputs = [.. op.GetProperty("inputs").EnumerateArray().Select(i => i.GetInt32())];
            int output = op.GetProperty("outputs")[0].GetInt32();
            var builder = new GraphBuilder();
            var activations = new List<int>();
            (OperatorKind kind, OperatorOptions options, int constantsFrom) = Describe(golden, op, inputs);
            var nodeInputs = new List<int>();
            for (int i = 0; i < inputs.Length; i++)
            {
                if (i < constantsFrom)
                {
                    activations.Add(inputs[i]);
                    nodeInputs.Add(builder.AddTensor(golden.Activation(inputs[i])));
                    builder.AddInput(nodeInputs[^1]);
                }
                else if (kind is OperatorKind.Conv2D or OperatorKind.DepthwiseConv2D or OperatorKind.FullyConnected)
                {
                    nodeInputs.Add(builder.AddTensor(i == 1 ? golden.Weights(inputs[1], kind == OperatorKind.DepthwiseConv2D ? 3 : 0) : golden.Bias(inputs[2])));
                }
            }

            int y = builder.AddTensor(golden.Activation(output));
            builder.AddNode(kind, $"{name} {op.GetProperty("op")}", [.. nodeInputs], [y], options);
            builder.AddOutput(y);
            using var model = new EdgeModel(builder.Build(), new ModelMetadata());
            foreach (bool reference in new[] { true, false })
            {
                using PreparedModel prepared = model.Prepare(new PrepareOptions { ReferenceKernels = reference });
                using Session session = prepared.CreateSession();
                for (int i = 0; i < activations.Count; i++)
                    golden.Bytes(activations[i]).CopyTo(session.Input<byte>(i));
                session.Run();
                Assert.True(
                    session.Output<byte>().SequenceEqual(golden.Bytes(output)),
                    $"{name}, operator {op.GetProperty("op")} {kind} with {prepared.Steps[0].KernelName} differs from the golden output");
            }
        }
    }

    private static (OperatorKind Kind, OperatorOptions Options, int ConstantsFrom) Describe(GoldenModel golden, JsonElement op, int[] inputs)
    {
        JsonElement o = op.GetProperty("options");
        switch (op.GetProperty("type").GetString())
        {
            case "CONV_2D":
            case "DEPTHWISE_CONV_2D":
                return (
                    op.GetProperty("type").GetString() == "CONV_2D" ? OperatorKind.Conv2D : OperatorKind.DepthwiseConv2D,
                    new Conv2DOptions
                    {
                        StrideHeight = o.GetProperty("stride")[0].GetInt32(),
                        StrideWidth = o.GetProperty("stride")[1].GetInt32(),
                        DilationHeight = o.GetProperty("dilation")[0].GetInt32(),
                        DilationWidth = o.GetProperty("dilation")[1].GetInt32(),
                        Padding = PaddingOf(o),
                        Activation = ActivationOf(o),
                    },
                    1);
            case "AVERAGE_POOL_2D":
                return (
                    OperatorKind.AveragePool2D,
                    new Pool2DOptions
                    {
                        FilterHeight = o.GetProperty("filter")[0].GetInt32(),
                        FilterWidth = o.GetProperty("filter")[1].GetInt32(),
                        StrideHeight = o.GetProperty("stride")[0].GetInt32(),
                        StrideWidth = o.GetProperty("stride")[1].GetInt32(),
                        Padding = PaddingOf(o),
                        Activation = ActivationOf(o),
                    },
                    1);
            case "FULLY_CONNECTED":
                return (OperatorKind.FullyConnected, new ActivationOptions(ActivationOf(o)), 1);
            case "ADD":
                return (OperatorKind.Add, new ActivationOptions(ActivationOf(o)), 2);
            case "SOFTMAX":
                return (OperatorKind.Softmax, new SoftmaxOptions(o.GetProperty("beta").GetSingle()), 1);
            case "RESHAPE":
                return (OperatorKind.Reshape, NoOptions.Instance, 1);
            case "TRANSPOSE":
                return (OperatorKind.Transpose, new TransposeOptions(golden.Integers(inputs[1])), 1);
            case "PAD":
                int[] pads = golden.Integers(inputs[1]);
                return (OperatorKind.Pad, new PadOptions([.. pads.Where((_, i) => i % 2 == 0)], [.. pads.Where((_, i) => i % 2 == 1)]), 1);
            case "MEAN":
                return (OperatorKind.Mean, new ReduceOptions(golden.Integers(inputs[1]), o.GetProperty("keep_dims").GetBoolean()), 1);
            default:
                throw new InvalidDataException($"no golden operator {op.GetProperty("type")}");
        }
    }

    private static Padding2D PaddingOf(JsonElement options) => options.GetProperty("padding").GetString() == "SAME" ? Padding2D.Same : Padding2D.Valid;

    private static Activation ActivationOf(JsonElement options) => options.GetProperty("activation").GetString() switch
    {
        "RELU" => Activation.Relu,
        "RELU6" => Activation.Relu6,
        "NONE" => Activation.None,
        string other => throw new InvalidDataException($"no golden activation {other}"),
        null => throw new InvalidDataException("activation is null"),
    };
}
