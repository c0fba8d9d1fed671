using EdgeRuntime.Model;

namespace EdgeRuntime.Compiler.Generation.Binary;

/// <summary>Binarize of int8 or float32 activations (--weights int8 or float) with a threshold per channel, or with the threshold 0.</summary>
internal sealed class BinarizeLayer(bool hasThresholds) : ILayerGenerator
{
    public string Name => hasThresholds ? "binarize" : "binarize-zero";

    public string Description => $"activations to packed signs, {(hasThresholds ? "a threshold per channel" : "threshold 0")}, --weights being their type; --size --channels";

    public bool IsReal => false;

    public Graph Create(LayerRequest request, RandomValues random)
    {
        if (request.Weights == DataType.Bit)
            throw new CommandException(ExitCode.Usage, "layer 'binarize' takes real activations; --weights can be int8 or float");
        var builder = new GraphBuilder();
        var constants = new RandomTensors(builder, random);
        bool isInt8 = request.Weights == DataType.Int8;
        int x = builder.AddActivation("input", request.Weights, request.InputMap, isInt8 ? QuickNet.Activations : null);
        int thresholds = !hasThresholds ? -1 : isInt8 ? constants.Integers("thresholds", request.Channels, 40) : constants.Within("thresholds", request.Channels, 1);
        int y = builder.AddActivation("output", DataType.Bit, request.InputMap);
        builder.AddNode(OperatorKind.Binarize, "layer", [x, thresholds], [y], NoOptions.Instance);
        builder.AddInput(x);
        builder.AddOutput(y);
        return builder.Build();
    }
}
