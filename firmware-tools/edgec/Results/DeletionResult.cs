using System.Globalization;
using EdgeRuntime.Training.Pruning.SecondOrder;

namespace EdgeRuntime.Compiler.Results;

/// <summary>The log of <c>edgec prune --deletions</c>: saliencies beside what deleting each weight does.</summary>
internal static class DeletionResult
{
    public static ResultLog Of(string command, ulong seed, string network, string data, IReadOnlyList<Deletion> deletions)
    {
        var result = new ResultLog { Command = command, Seed = seed };
        result.Configuration["network"] = network;
        result.Configuration["data"] = data;
        result.Configuration["deletions"] = deletions.Count.ToString(CultureInfo.InvariantCulture);
        double[] change = [.. deletions.Select(d => Math.Abs(d.Measured))];
        result.Figures["rankCorrelation.saliency"] = DeletionCheck.RankCorrelation([.. deletions.Select(d => d.Predicted)], change);
        result.Figures["rankCorrelation.magnitude"] = DeletionCheck.RankCorrelation([.. deletions.Select(d => (double)Math.Abs(d.Weight))], change);
        result.Figures["sum.predicted"] = deletions.Sum(d => d.Predicted);
        result.Figures["sum.measured"] = deletions.Sum(d => d.Measured);
        return result;
    }
}
