using EdgeRuntime.Training.Distillation;

namespace EdgeRuntime.Training.Tests.Distillation;

public class LeftOutClassTests
{
    [Fact]
    public void The_offset_recovers_a_class_that_is_only_expected_too_rarely()
    {
        // Class 1 always has the second place on its own pictures, two behind, and is five behind on those of others.
        float[] scores = [4, 2, 0, 0, 1, 3, 5, 0, 0, 0, 0, 5];
        LeftOutClass measured = LeftOutClass.Measure(scores, [1, 1, 0, 2], 3, 1);
        Assert.Equal(0, measured.Recall);
        Assert.InRange(measured.Offset, 2, 5);
        Assert.Equal(1, measured.CorrectedRecall);
        Assert.Equal(1, measured.CorrectedAccuracy);
    }

    [Fact]
    public void A_class_that_needs_no_offset_gets_none()
    {
        LeftOutClass measured = LeftOutClass.Measure([0, 5, 5, 0, 0, 6], [1, 0, 1], 2, 1);
        Assert.Equal(new LeftOutClass(1, 0, 1, 1), measured);
    }
}
