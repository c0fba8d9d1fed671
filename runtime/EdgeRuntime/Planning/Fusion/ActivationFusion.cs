using EdgeRuntime.Model;

namespace EdgeRuntime.Planning;

/// <summary>A ReLU, ReLU6 or ReLU-N1-1 becomes the fused activation of the operator before it.</summary>
internal static class ActivationFusion
{
    public static bool Apply(FusionGraph graph, int at)
    {
        Node node = graph[at]!;
        Activation activation = node.Kind switch
        {
            OperatorKind.Relu => Activation.Relu,
            OperatorKind.Relu6 => Activation.Relu6,
            OperatorKind.ReluN1To1 => Activation.ReluN1To1,
            _ => Activation.None,
        };
        if (activation == Activation.None)
            return false;
        int before = graph.PrivateProducer(node.Inputs[0]);
        if (before < 0 || !IdentityRemoval.SameValues(graph.Tensor(node.Inputs[0]), graph.Tensor(node.Outputs[0])))
            return false;
        OperatorOptions? fused = With(graph[before]!.Options, activation);
        if (fused is null)
            return false;
        Node producer = graph[before]! with { Options = fused, Outputs = node.Outputs };
        graph.Remove(at);
        graph.Replace(before, producer);
        return true;
    }

    /// <summary>Options with an activation where there was none; null if they have no place for it or it is taken.</summary>
    public static OperatorOptions? With(OperatorOptions options, Activation activation) => options switch
    {
        Conv2DOptions { Activation: Activation.None } o => o with { Activation = activation },
        Pool2DOptions { Activation: Activation.None } o => o with { Activation = activation },
        ActivationOptions { Activation: Activation.None } o => o with { Activation = activation },
        _ => null,
    };
}
