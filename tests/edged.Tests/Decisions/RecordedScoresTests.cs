using System.Text.Json;

namespace EdgeRuntime.Daemon.Tests;

/// <summary>The decision logic on scores that waver, recorded with record.json beside this file: a character per frame, '-' for no decision.</summary>
[Trait("Category", "Host")]
public class RecordedScoresTests
{
    private static readonly float[][] Scores =
        [.. File.ReadLines(Path.Combine(EdgedProcess.Top, "tests", "edged.Tests", "Decisions", "recorded-scores.jsonl")).Select(Read)];

    [Fact]
    public void Without_options_the_decision_flickers() =>
        Assert.Equal("3333333436144040000001111111111133333334361440400000011111111111", Play(new DecisionOptions()));

    [Fact]
    public void A_threshold_alone_flickers_at_its_edge() =>
        Assert.Equal("-3-33----------00000-1111111111--3-33----------00000-1111111111-", Play(new DecisionOptions { MinimumConfidence = 0.5f }));

    [Fact]
    public void Hysteresis_halves_the_changes() =>
        Assert.Equal("-33333---------00000011111111111133333---------00000011111111111", Play(new DecisionOptions { MinimumConfidence = 0.5f, Hysteresis = 0.2f }));

    [Fact]
    public void K_of_n_leaves_out_what_is_short() =>
        Assert.Equal("----33-----------00000011111111111--33-----------000000111111111", Play(new DecisionOptions { MinimumConfidence = 0.5f, RequiredFrames = 3, OfFrames = 5 }));

    [Fact]
    public void Together_they_follow_the_scene() =>
        Assert.Equal(
            "----3333---------00000011111111111113333---------000000111111111",
            Play(new DecisionOptions { MinimumConfidence = 0.5f, Hysteresis = 0.2f, RequiredFrames = 3, OfFrames = 5 }));

    [Fact]
    public void A_cool_down_limits_the_rate_of_changes() =>
        Assert.Equal("-3333333333----------1111111111----------------00000000001111111", Play(new DecisionOptions { MinimumConfidence = 0.5f, CoolDown = TimeSpan.FromMilliseconds(1000) }));

    private static string Play(DecisionOptions options)
    {
        // Frames are 100 ms apart.
        var filter = new DecisionFilter(10, options);
        return string.Concat(Scores.Select((scores, i) =>
        {
            filter.Update(scores, TimeSpan.FromMilliseconds(100 * i));
            return filter.Decision == DecisionFilter.None ? '-' : (char)('0' + filter.Decision);
        }));
    }

    private static float[] Read(string line)
    {
        float[] scores = new float[10];
        foreach (JsonElement label in JsonDocument.Parse(line).RootElement.GetProperty("top").EnumerateArray())
            scores[label.GetProperty("label").GetString()![0] - '0'] = label.GetProperty("probability").GetSingle();
        return scores;
    }
}
