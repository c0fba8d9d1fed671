using System.Globalization;
using EdgeRuntime.Compression;
using EdgeRuntime.Training.Sharing;

namespace EdgeRuntime.Compiler.Results;

/// <summary>The log of a run of <c>edgec compress</c>.</summary>
internal static class CompressionResult
{
    public static ResultLog Of(CompressionLog log)
    {
        var result = new ResultLog { Command = log.Command, Commit = log.Commit, Seed = (ulong)log.Sharing.Seed };
        result.Configuration["network"] = log.Network;
        result.Configuration["data"] = log.Data;
        result.Configuration["bits"] = string.Join(',', log.Sharing.Bits);
        result.Configuration["biasBits"] = log.Sharing.BiasBits.ToString(CultureInfo.InvariantCulture);
        result.Configuration["initialization"] = log.Sharing.Initialization.ToString();
        result.Configuration["epochs"] = (log.Training?.Epochs ?? 0).ToString(CultureInfo.InvariantCulture);
        result.Figures["floatBytes"] = log.FloatBytes;
        result.Figures["fileBytes"] = log.FileBytes;
        if (log.Accuracy is { } accuracy)
        {
            result.Figures["unsharedTestAccuracy"] = accuracy.Before;
            result.Figures["sharedTestAccuracy"] = accuracy.Shared;
            result.Figures["tunedTestAccuracy"] = accuracy.Tuned;
        }

        if (log.RuntimeAccuracy is { } runtime)
            result.Figures["runtimeTestAccuracy"] = runtime;
        foreach (LayerBreakdown layer in log.Layers)
        {
            string key = $"layer.{layer.Name}.";
            result.Figures[key + "weights"] = layer.Weights;
            result.Figures[key + "kept"] = layer.Kept;
            result.Figures[key + "codeBits"] = layer.CodeBits;
            result.Figures[key + "gapBits"] = layer.GapBits;
            result.Figures[key + "floatBytes"] = layer.FloatBytes;
            result.Figures[key + "prunedBytes"] = layer.PrunedBytes;
            result.Figures[key + "sharedBytes"] = layer.SharedBytes;
            result.Figures[key + "storedBytes"] = layer.StoredBytes;
        }

        return result;
    }
}
