namespace EdgeRuntime.Daemon;

/// <summary>Times of one frame's stages, in microseconds.</summary>
internal record struct StageTimes(long Capture, long Preprocess, long Inference, long Decision);

/// <summary>
/// What was recognised in one frame. One object is filled again for every frame; a reporter that keeps it beyond the call copies it
/// (<see cref="CopyFrom"/>), so that nothing is allocated per frame.
/// </summary>
internal sealed class Prediction
{
    private readonly int[] topLabels;
    private readonly float[] topProbabilities;

    /// <param name="labels">Names of the classes.</param>
    /// <param name="top">How many of the most probable labels are kept.</param>
    public Prediction(IReadOnlyList<string> labels, int top)
    {
        Labels = labels;
        topLabels = new int[top];
        topProbabilities = new float[top];
    }

    /// <summary>Names of the classes.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>Number of the frame, from 0, as the source counts.</summary>
    public long Frame { get; set; }

    /// <summary>When the frame was taken.</summary>
    public DateTimeOffset Time { get; set; }

    /// <summary>File or device that the frame came from.</summary>
    public string FrameName { get; set; } = "";

    /// <summary>What the frame truly shows, where the source knows (synthetic scenes); else null.</summary>
    public string? TrueLabel { get; set; }

    /// <summary>Index of the label that the decision logic settled on, or <see cref="DecisionFilter.None"/>.</summary>
    public int Decision { get; set; } = DecisionFilter.None;

    /// <summary>Whether the decision differs from the frame before.</summary>
    public bool DecisionChanged { get; set; }

    /// <summary>Probability of the decided label, after averaging; 0 without a decision.</summary>
    public float Confidence { get; set; }

    /// <summary>How long each stage took.</summary>
    public StageTimes Times { get; set; }

    /// <summary>Frames that the source delivered but nobody took, so far.</summary>
    public long DroppedFrames { get; set; }

    /// <summary>The most probable labels by index, best first.</summary>
    public ReadOnlySpan<int> TopLabels => topLabels;

    /// <summary>The probabilities of <see cref="TopLabels"/>.</summary>
    public ReadOnlySpan<float> TopProbabilities => topProbabilities;

    /// <summary>Name of a label.</summary>
    public string NameOf(int label) => Labels[label];

    /// <summary>Finds the most probable labels; of equally probable ones the first.</summary>
    public void SetTop(ReadOnlySpan<float> probabilities)
    {
        int filled = 0;
        for (int label = 0; label < probabilities.Length; label++)
        {
            float p = probabilities[label];
            if (filled == topLabels.Length && !(p > topProbabilities[filled - 1]))
                continue;
            int at = filled < topLabels.Length ? filled++ : filled - 1;
            for (; at > 0 && p > topProbabilities[at - 1]; at--)
                (topLabels[at], topProbabilities[at]) = (topLabels[at - 1], topProbabilities[at - 1]);
            (topLabels[at], topProbabilities[at]) = (label, p);
        }
    }

    /// <summary>Takes over everything from another prediction of the same network.</summary>
    public void CopyFrom(Prediction other)
    {
        Frame = other.Frame;
        Time = other.Time;
        FrameName = other.FrameName;
        TrueLabel = other.TrueLabel;
        Decision = other.Decision;
        DecisionChanged = other.DecisionChanged;
        Confidence = other.Confidence;
        Times = other.Times;
        DroppedFrames = other.DroppedFrames;
        other.topLabels.CopyTo(topLabels, 0);
        other.topProbabilities.CopyTo(topProbabilities, 0);
    }
}
