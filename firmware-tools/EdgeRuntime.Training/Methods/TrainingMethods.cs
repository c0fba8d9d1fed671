namespace EdgeRuntime.Training;

/// <summary>The training methods by name.</summary>
public static class TrainingMethods
{
    /// <summary>Names and one-line descriptions.</summary>
    public static IReadOnlyList<(string Name, string Description)> All { get; } =
    [
        ("float", "real weights and activations"),
        ("int8", "real while training, then quantized to 8 bits with ranges observed on training pictures"),
    ];
}
