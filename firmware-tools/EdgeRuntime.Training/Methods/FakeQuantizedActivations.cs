using static TorchSharp.torch;

namespace EdgeRuntime.Training.Methods;

/// <summary>
/// Activations as an int8 network holds them: 256 values at equal distances over a range that contains 0 (Jacob et al. 2018). The range follows the extremes of the batches as an
/// exponential moving average. The gradient passes unchanged inside the range and is 0 outside.
/// </summary>
public sealed class FakeQuantizedActivations : ActivationMapping
{
    /// <summary>Share of the latest batch in the range.</summary>
    public const double Momentum = 0.05;

    private const int Lowest = -128;
    private const int Highest = 127;

    /// <summary>Low end, high end, and whether a batch was seen (0 or 1): part of the layer's state, so that checkpoints hold it.</summary>
    internal Tensor State { get; } = zeros(3);

    /// <summary>The range; that of [0, 0] before a batch was seen.</summary>
    public (float Low, float High) Range
    {
        get
        {
            using Tensor state = State.detach();
            float[] values = state.data<float>().ToArray();
            return (values[0], values[1]);
        }
    }

    /// <summary>Whether the range is another mapping's, so that this one does not observe: pooling keeps the scale of what it reads.</summary>
    internal bool IsFollower { get; private init; }

    /// <summary>A mapping that rounds with this one's range.</summary>
    public FakeQuantizedActivations Follower() => new(State) { IsFollower = true };

    /// <summary>A mapping with a range of its own.</summary>
    public FakeQuantizedActivations()
    {
    }

    private FakeQuantizedActivations(Tensor state) => State = state;

    /// <summary>Scale and zero point of a range: 255 steps, 0 exactly one of the values, as the runtime's int8 tensors have it.</summary>
    public static (float Scale, int ZeroPoint) Parameters(float low, float high)
    {
        float scale = Math.Max((float)(((double)high - low) / 255), 1e-9f);
        return (scale, (int)Math.Clamp(Math.Round(Lowest - ((double)low / scale)), Lowest, Highest));
    }

    /// <inheritdoc/>
    public override Tensor Map(Tensor activations, bool training)
    {
        ArgumentNullException.ThrowIfNull(activations);
        if (training && !IsFollower)
            Observe(activations);
        (float low, float high) = Range;
        if (high <= low)
            return activations;
        (float scale, int zeroPoint) = Parameters(low, high);
        using var scope = NewDisposeScope();
        Tensor inside = activations.clamp((Lowest - zeroPoint) * (double)scale, (Highest - zeroPoint) * (double)scale);
        Tensor difference;
        using (no_grad())
            difference = inside.div(scale).round().mul(scale) - inside;
        return (inside + difference).MoveToOuterDisposeScope();
    }

    private void Observe(Tensor activations)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        float low = Math.Min(0, activations.min().item<float>());
        float high = Math.Max(0, activations.max().item<float>());
        float[] state = State.data<float>().ToArray();
        bool first = state[2] == 0;
        float share = first ? 1 : (float)Momentum;
        State.copy_(tensor(new[] { state[0] + (share * (low - state[0])), state[1] + (share * (high - state[1])), 1f }));
    }
}
