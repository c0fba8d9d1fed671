namespace EdgeRuntime.Daemon.Tests;

/// <summary>Predictions for reporters.</summary>
internal static class Predictions
{
    /// <summary>A prediction of two labels, a and b.</summary>
    public static Prediction New(int decision = DecisionFilter.None, long frame = 0, bool changed = true) =>
        new(["a", "b"], 1) { Frame = frame, Decision = decision, Confidence = decision == DecisionFilter.None ? 0 : 0.875f, DecisionChanged = changed };
}
