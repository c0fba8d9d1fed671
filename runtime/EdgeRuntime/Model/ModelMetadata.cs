namespace EdgeRuntime.Model;

/// <summary>What a network is, where it comes from, and how its input is to be made.</summary>
public sealed record ModelMetadata
{
    /// <summary>Short name.</summary>
    public string Name { get; init; } = "";

    /// <summary>One or more sentences.</summary>
    public string Description { get; init; } = "";

    /// <summary>Where the weights come from: data set, paper, address.</summary>
    public string Origin { get; init; } = "";

    /// <summary>Licence of the weights, an SPDX expression where there is one.</summary>
    public string Licence { get; init; } = "";

    /// <summary>How the file was made: the command line.</summary>
    public string CreatedBy { get; init; } = "";

    /// <summary>Names of the classes in order of the scores; empty if there are none.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>How pictures become the first input; null if the input is not a picture.</summary>
    public ImagePreprocessing? Preprocessing { get; init; }

    /// <summary>Further key-value pairs, for people and tools; the runtime does not read them.</summary>
    public IReadOnlyDictionary<string, string> Properties { get; init; } = new Dictionary<string, string>();
}
