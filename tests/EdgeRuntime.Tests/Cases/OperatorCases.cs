using EdgeRuntime.Model;

namespace EdgeRuntime.Tests.Cases;

/// <summary>All cases of all operators. An optimised kernel is tested by adding cases that reach its special paths to its operator's list.</summary>
public static class OperatorCases
{
    public static IReadOnlyList<OperatorCase> All { get; } =
    [
        .. ConvolutionCases.All,
        .. DepthwiseCases.All,
        .. FullyConnectedCases.All,
        .. PoolingCases.All,
        .. BinaryElementwiseCases.All,
        .. MovementCases.All,
        .. ReductionCases.All,
        .. UnaryCases.All,
        .. ResizeCases.All,
        .. BinaryConvolutionCases.All,
        .. PackedCases.All,
    ];

    public static TheoryData<OperatorKind> Kinds => [.. All.Select(c => c.Kind).Distinct()];
}
