using System.Diagnostics;
using EdgeRuntime.Threading;

namespace EdgeRuntime.Tests.Threading;

public class BackoffTests
{
    private static readonly long millisecond = Stopwatch.Frequency / 1000;

    [Fact]
    public void Each_failure_doubles_the_pause_up_to_half_a_second()
    {
        var backoff = default(Backoff);
        long now = 0;
        foreach (int pause in (int[])[2, 4, 8, 16, 32, 64, 128, 256, 512, 512, 512])
        {
            backoff.Note(millisecond / 10, 3 * millisecond, now);
            Assert.True(backoff.IsActive(now + (pause * millisecond) - 1));
            now += pause * millisecond;
            Assert.False(backoff.IsActive(now));
        }
    }

    [Fact]
    public void Steps_that_go_well_shorten_the_next_pause()
    {
        var backoff = default(Backoff);
        for (int i = 0; i < 3; i++)
            backoff.Note(0, millisecond, 0);
        backoff.Note(millisecond, 0, 1000 * millisecond);
        backoff.Note(millisecond, 0, 1000 * millisecond);
        backoff.Note(0, millisecond, 1000 * millisecond);
        Assert.True(backoff.IsActive(1003 * millisecond));
        Assert.False(backoff.IsActive(1004 * millisecond));
    }

    [Theory]
    [InlineData(0, 0.1)]
    [InlineData(5, 4)]
    public void Waits_that_are_short_or_shorter_than_the_own_part_are_no_failures(double own, double waited)
    {
        var backoff = default(Backoff);
        backoff.Note((long)(own * millisecond), (long)(waited * millisecond), 0);
        Assert.False(backoff.IsActive(0));
    }
}
