namespace EdgeRuntime.Daemon;

/// <summary>
/// Turns the probabilities of frame after frame into a decision that does not flicker: moving average, then thresholds with hysteresis, then k of n
/// frames, then a cool-down. Allocates nothing per frame.
/// </summary>
internal sealed class DecisionFilter
{
    /// <summary>The decision when no label is.</summary>
    public const int None = -1;

    private readonly DecisionOptions options;
    private readonly float[] history;
    private readonly double[] sums;
    private readonly float[] smoothed;
    private readonly float[] thresholds;
    private readonly bool[] ignored;
    private readonly int[] leaders;
    private long frames;
    private TimeSpan lastChange;
    private bool changedOnce;

    /// <param name="labels">Number of classes.</param>
    /// <param name="options">Checked options.</param>
    public DecisionFilter(int labels, DecisionOptions options)
    {
        this.options = options;
        history = new float[labels * options.AverageFrames];
        sums = new double[labels];
        smoothed = new float[labels];
        leaders = new int[options.OfFrames];
        leaders.AsSpan().Fill(None);
        thresholds = new float[labels];
        ignored = new bool[labels];
        for (int i = 0; i < labels; i++)
        {
            thresholds[i] = options.LabelThresholds.TryGetValue(i, out float t) ? t : options.MinimumConfidence;
            ignored[i] = options.IgnoredLabels.Contains(i);
        }
    }

    /// <summary>Index of the decided label, or <see cref="None"/>.</summary>
    public int Decision { get; private set; } = None;

    /// <summary>Probabilities after averaging, as of the last frame.</summary>
    public ReadOnlySpan<float> Probabilities => smoothed;

    /// <summary>Takes the next frame's probabilities and returns whether the decision changed.</summary>
    /// <param name="probabilities">One per label.</param>
    /// <param name="time">When the frame was taken, on a clock that does not jump.</param>
    public bool Update(ReadOnlySpan<float> probabilities, TimeSpan time)
    {
        Smooth(probabilities);
        int leader = Leader();
        leaders[(int)(frames % leaders.Length)] = leader;
        frames++;

        int wanted = Wanted(leader);
        if (wanted == Decision || (changedOnce && time - lastChange < options.CoolDown))
            return false;
        Decision = wanted;
        lastChange = time;
        changedOnce = true;
        return true;
    }

    private void Smooth(ReadOnlySpan<float> probabilities)
    {
        int window = options.AverageFrames;
        Span<float> slot = history.AsSpan((int)(frames % window) * sums.Length, sums.Length);
        long filled = Math.Min(frames + 1, window);
        for (int i = 0; i < sums.Length; i++)
        {
            sums[i] += probabilities[i] - slot[i];
            slot[i] = probabilities[i];
            smoothed[i] = (float)(sums[i] / filled);
        }
    }

    /// <summary>The most probable label that reaches its threshold; the decided one has hysteresis on its side.</summary>
    private int Leader()
    {
        int best = None;
        float bestScore = float.NegativeInfinity;
        for (int i = 0; i < smoothed.Length; i++)
        {
            float bonus = i == Decision ? options.Hysteresis : 0;
            float score = smoothed[i] + bonus;
            if (!ignored[i] && score >= thresholds[i] && score > bestScore)
                (best, bestScore) = (i, score);
        }

        return best;
    }

    private int Wanted(int leader)
    {
        if (leader == Decision)
            return Decision;
        int count = 0;
        foreach (int past in leaders)
            count += past == leader ? 1 : 0;
        return count >= options.RequiredFrames ? leader : Decision;
    }
}
