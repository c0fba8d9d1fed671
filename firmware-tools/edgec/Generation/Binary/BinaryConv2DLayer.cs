using EdgeRuntime.Model;

namespace EdgeRuntime.Compiler.Generation.Binary;

/// <summary>BinaryConv2D or BinaryDepthwiseConv2D of packed activations, borders of +1.</summary>
internal sealed class BinaryConv2DLayer(bool isDepthwise) : ILayerGenerator
{
    public string Name => isDepthwise ? "bdepthwise" : "bconv";

    public string Description => isDepthwise
        ? "binary depthwise convolution of packed activations; --output --size --channels --kernel --stride --dilation --padding"
        : "binary convolution of packed activations; --output --size --channels --out-channels --kernel --stride --dilation --padding";

    public bool IsReal => false;

    public Graph Create(LayerRequest request, RandomValues random)
    {
        var builder = new GraphBuilder();
        var constants = new RandomTensors(builder, random);
        int products = request.Kernel * request.Kernel * (isDepthwise ? 1 : request.Channels);
        float deviation = MathF.Sqrt(products);
        int channels = isDepthwise ? request.Channels : request.OutputChannels;
        DataType output = request.Output;
        int x = builder.AddActivation("input", DataType.Bit, request.InputMap);
        int w = constants.Bits("weights", isDepthwise ? new Shape(1, request.Kernel, request.Kernel, channels) : new Shape(channels, request.Kernel, request.Kernel, request.Channels));
        int[] transform = output == DataType.Bit
            ? [-1, -1, constants.Integers("thresholds", channels, (int)deviation), constants.Bits("directions", new Shape(channels))]
            : [constants.Around("scales", channels, 1 / deviation), constants.Within("bias", channels, 0.1f)];
        int y = builder.AddActivation("output", output, request.OutputMap(channels), output == DataType.Int8 ? QuickNet.Activations : null);
        var options = new BinaryConv2DOptions
        {
            StrideHeight = request.Stride,
            StrideWidth = request.Stride,
            DilationHeight = request.Dilation,
            DilationWidth = request.Dilation,
            Padding = new Padding2D(request.Padding),
        };
        builder.AddNode(isDepthwise ? OperatorKind.BinaryDepthwiseConv2D : OperatorKind.BinaryConv2D, "layer", [x, w, .. transform], [y], options);
        builder.AddInput(x);
        builder.AddOutput(y);
        return builder.Build();
    }
}
