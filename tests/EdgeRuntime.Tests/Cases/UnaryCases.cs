using EdgeRuntime.Model;

namespace EdgeRuntime.Tests.Cases;

/// <summary>Cases of elementwise operators of one input: sizes around vector widths.</summary>
internal static class UnaryCases
{
    private static readonly int[] sizes = [1, 3, 15, 16, 17, 33, 64, 1000];

    public static IReadOnlyList<OperatorCase> All { get; } = [.. sizes.SelectMany(n => Float32(OperatorKind.Relu, n))];

    private static IEnumerable<OperatorCase> Float32(OperatorKind kind, int n)
    {
        yield return new OperatorCase($"float32 {n}", kind, b =>
        {
            int x = b.Float32Input(new Shape(1, n));
            b.Node(kind, [x], [b.Output(DataType.Float32, new Shape(1, n))]);
        });
    }
}
