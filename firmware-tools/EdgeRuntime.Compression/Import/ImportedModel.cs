namespace EdgeRuntime.Compression.Import;

/// <summary>A network that was read from a foreign file.</summary>
/// <param name="Model">The network with its metadata.</param>
/// <param name="TensorIndices">For each tensor of the file its index in the graph; -1 for those that are not needed.</param>
/// <param name="Notes">What a user should know about the conversion, one line each.</param>
public sealed record ImportedModel(EdgeModel Model, IReadOnlyList<int> TensorIndices, IReadOnlyList<string> Notes);
