using EdgeRuntime.Model;
using EdgeRuntime.Training.Data;
using EdgeRuntime.Training.Networks;

namespace EdgeRuntime.Training.Export;

/// <summary>How far the runtime's scores of an exported network are those of the trainer, over a whole set.</summary>
/// <param name="Pictures">Number of pictures compared.</param>
/// <param name="SameDecisions">Pictures whose largest score is of the same class.</param>
/// <param name="WithinTolerance">Pictures none of whose scores differs by more than <paramref name="Tolerance"/>.</param>
/// <param name="Tolerance">The limit, in units of the scores before the softmax.</param>
/// <param name="LargestDifference">Largest difference of two scores.</param>
public readonly record struct ExportAgreement(int Pictures, int SameDecisions, int WithinTolerance, double Tolerance, double LargestDifference)
{
    /// <summary>
    /// Tolerance as a share of the largest score: sums of a few hundred products in float32, added in another order. A real sum that lies on a sign's threshold but for its rounding may give the
    /// other sign; such a picture's scores differ by more, which is seldom.
    /// </summary>
    public const double RelativeTolerance = 2e-3;

    /// <summary>Share (0..1) of equal decisions.</summary>
    public double DecisionShare => SameDecisions / (double)Math.Max(1, Pictures);

    /// <summary>Share (0..1) of pictures within the tolerance.</summary>
    public double ToleranceShare => WithinTolerance / (double)Math.Max(1, Pictures);

    /// <summary>Compares the network in the trainer with its export in the runtime, which is read from the bytes of its file.</summary>
    /// <param name="network">The trained network.</param>
    /// <param name="set">Pictures.</param>
    /// <exception cref="TrainingException">A layer has no operator in the runtime.</exception>
    public static ExportAgreement Measure(Network network, ImageSet set)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(set);
        using EdgeModel model = NetworkExport.ToModel(network, new ModelMetadata(), softmax: false);
        using EdgeModel loaded = EdgeModel.Load(model.ToBytes());
        return Of(Evaluation.Logits(network, set), RuntimeEvaluation.Outputs(loaded, network, set), network.Classes.Count);
    }

    /// <summary>Compares scores, [pictures, classes] row by row.</summary>
    /// <exception cref="ArgumentException">The numbers of scores differ or are no multiple of the classes.</exception>
    public static ExportAgreement Of(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, int classes)
    {
        if (classes < 1 || expected.Length != actual.Length || expected.Length % classes != 0)
            throw new ArgumentException($"{expected.Length} and {actual.Length} scores of {classes} classes cannot be compared", nameof(actual));
        double largest = 0;
        foreach (float score in expected)
            largest = Math.Max(largest, Math.Abs(score));
        double tolerance = RelativeTolerance * Math.Max(1, largest), most = 0;
        int count = expected.Length / classes, same = 0, near = 0;
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<float> e = expected.Slice(i * classes, classes), a = actual.Slice(i * classes, classes);
            if (RuntimeEvaluation.IndexOfLargest(e) == RuntimeEvaluation.IndexOfLargest(a))
                same++;
            double difference = 0;
            for (int c = 0; c < classes; c++)
                difference = Math.Max(difference, Math.Abs((double)e[c] - a[c]));
            if (difference <= tolerance)
                near++;
            most = Math.Max(most, difference);
        }

        return new ExportAgreement(count, same, near, tolerance, most);
    }
}
