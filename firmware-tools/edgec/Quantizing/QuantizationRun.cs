using EdgeRuntime.Compiler.Evaluation;
using EdgeRuntime.Compression;
using EdgeRuntime.Training.Data;

namespace EdgeRuntime.Compiler.Quantizing;

/// <summary>A target of bits per layer: at most one of the two is given.</summary>
/// <param name="Bytes">Largest file.</param>
/// <param name="Accuracy">Least accuracy, a share of 0..1.</param>
internal sealed record PrecisionTarget(long? Bytes, double? Accuracy)
{
    public bool IsGiven => Bytes is not null || Accuracy is not null;
}

/// <summary>The bits per layer that meet a target, and the points they were chosen from.</summary>
/// <param name="Chosen">The choice.</param>
/// <param name="Points">All points, each with its accuracy on held-out training pictures.</param>
/// <param name="Layers">The layers in the order of the points' bits.</param>
internal sealed record PrecisionChoice(PrecisionPoint Chosen, IReadOnlyList<PrecisionPoint> Points, IReadOnlyList<QuantizableLayer> Layers);

/// <summary>Finds bits per layer: sensitivity from calibration pictures, accuracy of every point from other pictures of the training set.</summary>
internal static class QuantizationRun
{
    /// <summary>Inputs over which the outputs of float and quantized network are compared.</summary>
    private const int SensitivityPictures = 64;

    /// <exception cref="CompressionException">The target cannot be met; the message names the nearest possible.</exception>
    public static PrecisionChoice Choose(EdgeModel model, PostTrainingQuantizer quantizer, IReadOnlyList<float[]> inputs, ImageSet held, PrecisionTarget target, TextWriter output, CancellationToken cancel)
    {
        var distortion = new OutputDistortion(model, [.. inputs.Take(SensitivityPictures)]);
        var search = new PrecisionSearch(quantizer, m =>
        {
            cancel.ThrowIfCancellationRequested();
            return distortion.Of(m);
        });

        // What is too small for every point needs no measurement.
        if (target.Bytes is { } size)
            PrecisionSearch.ForSize(search.Points, size);
        output.WriteLine($"{search.Points.Count} choices of bits, {search.Points[^1].Bytes} to {search.Points[0].Bytes} bytes; measuring each on {held.Count} pictures");
        PrecisionPoint[] points = [.. search.Points.Select(p => p with { Accuracy = Accuracy(quantizer, p, held, cancel) })];
        PrecisionPoint chosen = target.Bytes is { } bytes ? PrecisionSearch.ForSize(points, bytes) : PrecisionSearch.ForAccuracy(points, target.Accuracy!.Value);
        return new PrecisionChoice(chosen, points, quantizer.Layers);
    }

    private static double Accuracy(PostTrainingQuantizer quantizer, PrecisionPoint point, ImageSet held, CancellationToken cancel)
    {
        using EdgeModel quantized = quantizer.Quantize(point.Precisions);
        return Evaluator.Run("", quantized, "", held, reference: false, cancel).Accuracy;
    }
}
