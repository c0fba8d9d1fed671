using EdgeRuntime.Training.Export;

namespace EdgeRuntime.Training.Distillation;

/// <summary>
/// How well a class is recognised that was missing in training, before and after a correction of its score (Hinton et al. 2015, section 3: a student that never saw a digit knows it from its
/// teacher, but expects it too rarely).
/// </summary>
/// <param name="Recall">Share of the class's pictures that are recognised, 0..1.</param>
/// <param name="Offset">What is added to the class's score so that most pictures of all classes are recognised.</param>
/// <param name="CorrectedRecall">Share of the class's pictures recognised with that offset.</param>
/// <param name="CorrectedAccuracy">Share of all pictures recognised with that offset.</param>
public readonly record struct LeftOutClass(double Recall, double Offset, double CorrectedRecall, double CorrectedAccuracy)
{
    /// <summary>Measures the class on scores.</summary>
    /// <param name="scores">Scores [pictures, classes], row by row.</param>
    /// <param name="labels">Classes of the pictures.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="absent">The class that was left out.</param>
    public static LeftOutClass Measure(ReadOnlySpan<float> scores, ReadOnlySpan<int> labels, int classes, int absent)
    {
        var lead = new double[labels.Length];
        var otherIsRight = new bool[labels.Length];
        Span<float> row = stackalloc float[classes];
        for (int i = 0; i < labels.Length; i++)
        {
            scores.Slice(i * classes, classes).CopyTo(row);
            float own = row[absent];
            row[absent] = float.NegativeInfinity;
            int best = RuntimeEvaluation.IndexOfLargest(row);
            // The class wins with every offset above this.
            lead[i] = row[best] - own;
            otherIsRight[i] = best == labels[i];
        }

        double[] candidates = [.. lead.Distinct().Order()];
        double chosen = 0, most = Accuracy(lead, otherIsRight, labels, absent, 0);
        foreach (double candidate in candidates)
        {
            double offset = candidate + 1e-6, accuracy = Accuracy(lead, otherIsRight, labels, absent, offset);
            if (accuracy > most)
                (chosen, most) = (offset, accuracy);
        }

        return new LeftOutClass(RecallAt(lead, labels, absent, 0), chosen, RecallAt(lead, labels, absent, chosen), most);
    }

    private static double Accuracy(double[] lead, bool[] otherIsRight, ReadOnlySpan<int> labels, int absent, double offset)
    {
        int correct = 0;
        for (int i = 0; i < lead.Length; i++)
        {
            if (offset > lead[i] ? labels[i] == absent : otherIsRight[i])
                correct++;
        }

        return correct / (double)lead.Length;
    }

    private static double RecallAt(double[] lead, ReadOnlySpan<int> labels, int absent, double offset)
    {
        int own = 0, found = 0;
        for (int i = 0; i < lead.Length; i++)
        {
            if (labels[i] != absent)
                continue;
            own++;
            if (offset > lead[i])
                found++;
        }

        return found / (double)Math.Max(1, own);
    }
}
