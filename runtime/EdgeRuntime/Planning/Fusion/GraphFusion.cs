using EdgeRuntime.Model;

namespace EdgeRuntime.Planning;

/// <summary>
/// Rewrites a validated graph into one that computes the same with fewer operators. int8 and packed results keep every bit; float results may differ by rounding
/// where constants are folded into weights.
/// </summary>
internal static class GraphFusion
{
    /// <summary>Each takes the operator at a position into another one, or away; true if it did.</summary>
    private static readonly Func<FusionGraph, int, bool>[] passes =
    [
        IdentityRemoval.Apply,
        PaddingFusion.Apply,
        ChannelAffineFusion.Apply,
        ActivationFusion.Apply,
        SingleInputDepthwise.Apply,
        SignFusion.Apply,
    ];

    /// <summary>The rewritten graph; inputs and outputs keep their order, names, types and shapes.</summary>
    public static Graph Fuse(Graph graph)
    {
        var working = new FusionGraph(graph);

        // Every success removes an operator, or a depthwise convolution for good, so this ends.
        for (bool changed = true; changed;)
        {
            changed = false;
            for (int n = 0; n < working.NodeCount; n++)
            {
                foreach (Func<FusionGraph, int, bool> pass in passes)
                    changed |= working[n] is not null && pass(working, n);
            }
        }

        working.RemoveDeadNodes();
        return working.Build();
    }
}
