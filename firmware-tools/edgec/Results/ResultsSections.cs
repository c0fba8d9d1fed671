using EdgeRuntime.Compiler.Results.Sections;

namespace EdgeRuntime.Compiler.Results;

/// <summary>The sections of docs/results.md, in their order on the page: one line each.</summary>
internal static class ResultsSections
{
    public static IReadOnlyList<IResultsSection> All { get; } =
    [
        new BinaryDigitsSection(),
        new BinaryCifarSection(),
        new BlockOrderSection(),
        new FormsSection(),
        new QuantizationSection(),
        new DistillationDigitsSection(),
        new DistillationCifarSection(),
        new DistillationToySection(),
        new DistillationBoardSection(),
        new PlainAlternativeSection(),
        new WeightPruningSection(),
        new FilterPruningSection(),
        new DeepCompressionSection(),
    ];
}
