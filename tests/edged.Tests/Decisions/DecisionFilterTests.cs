namespace EdgeRuntime.Daemon.Tests;

public class DecisionFilterTests
{
    [Fact]
    public void Without_options_the_most_probable_label_is_decided_at_once()
    {
        Assert.Equal([0, 1, 1, 0], Decide(new DecisionOptions(), [0.9f, 0.2f, 0.3f, 0.6f]));
    }

    [Fact]
    public void Below_the_minimum_confidence_nothing_is_decided()
    {
        Assert.Equal([0, -1, 1], Decide(new DecisionOptions { MinimumConfidence = 0.7f }, [0.9f, 0.5f, 0.1f]));
    }

    [Fact]
    public void A_labels_own_threshold_overrides_the_common_one()
    {
        var options = new DecisionOptions { MinimumConfidence = 0.5f, LabelThresholds = new Dictionary<int, float> { [1] = 0.95f } };
        Assert.Equal([0, -1, 1], Decide(options, [0.9f, 0.1f, 0.02f]));
    }

    [Fact]
    public void Hysteresis_keeps_a_decision_through_a_flickering_score()
    {
        float[] flicker = [0.75f, 0.65f, 0.72f, 0.66f, 0.40f, 0.66f, 0.72f];
        Assert.Equal([0, -1, 0, -1, -1, -1, 0], Decide(new DecisionOptions { MinimumConfidence = 0.7f }, flicker));
        Assert.Equal([0, 0, 0, 0, -1, -1, 0], Decide(new DecisionOptions { MinimumConfidence = 0.7f, Hysteresis = 0.1f }, flicker));
    }

    [Fact]
    public void K_of_n_frames_must_agree()
    {
        var options = new DecisionOptions { RequiredFrames = 3, OfFrames = 4 };
        Assert.Equal([-1, -1, 0, 0, 0, 0, 1, 1], Decide(options, [0.9f, 0.9f, 0.9f, 0.9f, 0.1f, 0.1f, 0.1f, 0.9f]));
    }

    [Fact]
    public void The_average_outweighs_a_single_frame()
    {
        Assert.Equal([0, 0, 0, 1], Decide(new DecisionOptions { AverageFrames = 3 }, [0.9f, 0.9f, 0.1f, 0.1f]));
    }

    [Fact]
    public void After_a_change_the_cool_down_holds_the_decision()
    {
        // Frames are 100 ms apart.
        var options = new DecisionOptions { CoolDown = TimeSpan.FromMilliseconds(250) };
        Assert.Equal([0, 0, 0, 1, 1, 1, 0], Decide(options, [0.9f, 0.1f, 0.1f, 0.1f, 0.9f, 0.9f, 0.9f]));
    }

    [Fact]
    public void An_ignored_label_is_never_decided()
    {
        Assert.Equal([-1, 1], Decide(new DecisionOptions { IgnoredLabels = new HashSet<int> { 0 }, MinimumConfidence = 0.3f }, [0.9f, 0.4f]));
    }

    [Fact]
    public void Nothing_is_allocated_per_frame()
    {
        var filter = new DecisionFilter(10, new DecisionOptions { AverageFrames = 5, RequiredFrames = 2, OfFrames = 3, Hysteresis = 0.1f });
        float[] scores = new float[10];
        filter.Update(scores, TimeSpan.Zero);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            scores[i % 10] = i % 7;
            filter.Update(scores, TimeSpan.FromMilliseconds(i));
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    /// <summary>Decisions for two labels, from the probability of label 0 in each frame.</summary>
    private static int[] Decide(DecisionOptions options, float[] first)
    {
        var filter = new DecisionFilter(2, options);
        return [.. first.Select((p, i) =>
        {
            int before = filter.Decision;
            bool changed = filter.Update([p, 1 - p], TimeSpan.FromMilliseconds(100 * i));
            Assert.Equal(changed, before != filter.Decision);
            return filter.Decision;
        })];
    }
}
