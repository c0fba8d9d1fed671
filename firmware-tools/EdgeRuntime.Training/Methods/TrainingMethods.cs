using EdgeRuntime.Training.Methods;

namespace EdgeRuntime.Training;

/// <summary>The training methods by name.</summary>
public static class TrainingMethods
{
    /// <summary>Names and one-line descriptions.</summary>
    public static IReadOnlyList<(string Name, string Description)> All { get; } =
    [
        ("float", "real weights and activations"),
        ("int8", "real while training, then quantized to 8 bits with ranges observed on training pictures"),
        ("qat-int8", "weights and activations rounded to 8 bits while training (Jacob et al. 2018)"),
        ("qat-int4", "weights rounded to 4 bits and activations to 8 while training"),
        ("binaryconnect", "signs of all weights, real activations (Courbariaux et al. 2015)"),
        ("binaryconnect-stochastic", "as binaryconnect, signs drawn at random in each step"),
        ("bnn", "signs of all weights and activations (Hubara et al. 2016)"),
        ("bwn", "scaled signs of inner weights, real activations (Rastegari et al. 2016)"),
        ("xnor", "scaled signs of inner weights, signs of activations (Rastegari et al. 2016)"),
        ("xnor-k", "as xnor, with the scale K of each window of a convolution's input; block order NormSignConvPool"),
        ("binary-activations", "signs of activations, real weights: the stage before xnor or react (Martinez et al. 2020), see --start"),
        ("react", "as xnor, in residual blocks with shifts and parametric rectifiers (Liu et al. 2018, 2020)"),
    ];
}

/// <summary>What a method does to the layers of a network.</summary>
/// <param name="Inner">Makes the mapping of inner layers' weights.</param>
/// <param name="Edge">Makes the mapping of the first and the last layer's weights.</param>
/// <param name="HasBinaryActivations">Whether activations are signs.</param>
/// <param name="HasInputScales">Whether convolutions of signs are scaled with the input's magnitude.</param>
internal sealed record MethodStyle(Func<WeightMapping> Inner, Func<WeightMapping> Edge, bool HasBinaryActivations, bool HasInputScales = false)
{
    public static MethodStyle Of(string method) => method switch
    {
        "float" or "int8" or "qat-int8" or "qat-int4" => new(Real, Real, false),
        "binaryconnect" => new(() => new SignWeights(), () => new SignWeights(), false),
        "binaryconnect-stochastic" => new(() => new SignWeights(stochastic: true), () => new SignWeights(stochastic: true), false),
        "bnn" => new(() => new SignWeights(), () => new SignWeights(), true),
        "bwn" => new(() => new ScaledSignWeights(), Real, false),
        "binary-activations" => new(Real, Real, true),
        "xnor-k" => new(() => new ScaledSignWeights(), Real, true, HasInputScales: true),
        "xnor" or "react" => new(() => new ScaledSignWeights(), Real, true),
        _ => throw new TrainingException(TrainingError.InvalidOption, $"method '{method}' is unknown; known are {string.Join(", ", TrainingMethods.All.Select(m => m.Name))}"),
    };

    private static RealWeights Real() => RealWeights.Instance;
}
