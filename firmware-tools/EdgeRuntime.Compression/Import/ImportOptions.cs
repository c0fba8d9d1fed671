using EdgeRuntime.Model;

namespace EdgeRuntime.Compression.Import;

/// <summary>What a foreign file does not say about its network.</summary>
public sealed record ImportOptions
{
    /// <summary>Names of the classes in order of the scores, or null if they are not known.</summary>
    public IReadOnlyList<string>? Labels { get; init; }

    /// <summary>How pictures become the input.</summary>
    public PictureOptions Picture { get; init; } = new();

    /// <summary>Short name; empty for the file's name.</summary>
    public string Name { get; init; } = "";

    /// <summary>Licence of the weights.</summary>
    public string Licence { get; init; } = "";

    /// <summary>The command line that imports.</summary>
    public string CreatedBy { get; init; } = "";
}

/// <summary>How pictures become the input of a network; what is null is guessed from the input tensor (<see cref="PreprocessingGuess"/>).</summary>
public sealed record PictureOptions
{
    /// <summary>Order of the dimensions.</summary>
    public ImageLayout? Layout { get; init; }

    /// <summary>Channels and their order.</summary>
    public ImageChannels? Channels { get; init; }

    /// <summary>Treatment of other aspect ratios; null crops.</summary>
    public ImageFit? Fit { get; init; }

    /// <summary>Real values that black and white pixels become.</summary>
    public (float Black, float White)? InputRange { get; init; }

    /// <summary>Mean per channel, of pixels in 0..1; one value counts for all channels.</summary>
    public IReadOnlyList<float>? Mean { get; init; }

    /// <summary>Standard deviation per channel, of pixels in 0..1; one value counts for all channels.</summary>
    public IReadOnlyList<float>? Deviation { get; init; }
}
