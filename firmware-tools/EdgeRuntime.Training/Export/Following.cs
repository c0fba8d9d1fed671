using EdgeRuntime.Model;
using EdgeRuntime.Training.Networks.Layers;

namespace EdgeRuntime.Training.Export;

/// <summary>What comes next in a list of layers, for operators that can take it in.</summary>
internal static class Following
{
    /// <summary>Whether a sign comes at <paramref name="at"/>, perhaps behind a HardTanh that it makes needless.</summary>
    public static bool IsSign(IReadOnlyList<Layer> layers, int at) => TakeSign(layers, ref at);

    /// <summary>The same, and passes over both.</summary>
    public static bool TakeSign(IReadOnlyList<Layer> layers, ref int i)
    {
        int at = i < layers.Count && layers[i] is HardTanhLayer ? i + 1 : i;
        if (at >= layers.Count || layers[at] is not SignLayer)
            return false;
        i = at + 1;
        return true;
    }

    /// <summary>The activation that comes next, which is passed over; None where another layer comes.</summary>
    public static Activation TakeActivation(IReadOnlyList<Layer> layers, ref int i)
    {
        Activation activation = i >= layers.Count ? Activation.None : layers[i] switch
        {
            ReluLayer => Activation.Relu,
            Relu6Layer => Activation.Relu6,
            HardTanhLayer when !IsSign(layers, i) => Activation.ReluN1To1,
            _ => Activation.None,
        };
        if (activation != Activation.None)
            i++;
        return activation;
    }
}
