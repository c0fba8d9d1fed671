using EdgeRuntime.Training.Distillation;
using static TorchSharp.torch;

namespace EdgeRuntime.Training.Tests.Distillation;

public class BoundaryAttackTests
{
    /// <summary>Three classes in the plane, each with a centre; scores are -|x - c|^2 / 4, so that the boundaries are the perpendicular bisectors.</summary>
    private static readonly float[] Centres = [0f, 0f, 4f, 0f, 0f, 4f];

    [Fact]
    public void Samples_found_lie_at_the_boundary_to_the_target_and_their_base_has_just_lost()
    {
        using var scope = NewDisposeScope();
        manual_seed(11);
        Tensor x = randn(64, 2) * 0.6;
        Tensor targets = cat([full([32], 1L, int64), full([32], 2L, int64)]);
        BoundaryAttackResult result = BoundaryAttack.Run(Scores, x, targets, new BoundaryAttackOptions(30, 0.3, 1e-2));
        bool[] found = [.. result.Found.data<bool>()];
        Assert.True(found.Count(f => f) >= 60, $"{found.Count(f => f)} of 64 found");
        Tensor scores = Scores(result.Samples);
        Assert.Equal([.. scores.data<float>()], result.Scores.data<float>().ToArray());
        (Tensor best, Tensor order) = scores.topk(2);
        for (int i = 0; i < 64; i++)
        {
            if (!found[i])
                continue;
            Assert.Equal(targets[i].item<long>(), order[i, 0].item<long>());
            Assert.Equal(0L, order[i, 1].item<long>());
            // The base's lead was about 4.
            Assert.InRange(best[i, 0].item<float>() - best[i, 1].item<float>(), 0, 0.05f);
        }
    }

    [Fact]
    public void Samples_found_are_nearer_to_their_base_than_other_points_across_the_boundary()
    {
        using var scope = NewDisposeScope();
        manual_seed(12);
        Tensor x = randn(64, 2) * 0.6;
        Tensor targets = full([64], 1L, int64);
        BoundaryAttackResult result = BoundaryAttack.Run(Scores, x, targets, new BoundaryAttackOptions(30, 0.3, 1e-2));
        // Random points that the classifier gives to the target class.
        Tensor random = randn(4000, 2) * 3;
        random = random.index_select(0, Scores(random).argmax(1).eq(1).nonzero().reshape(-1))[..64];
        Tensor kept = result.Found.nonzero().reshape(-1);
        double own = (result.Samples - x).index_select(0, kept).norm(1, false, 2f).mean().item<float>();
        double other = (random - x).norm(1, false, 2f).mean().item<float>();
        Assert.True(own < 0.75 * other, $"distance {own} against {other}");
        // The shortest way to the boundary x = 2 is 2 - x: the attack takes a little more.
        double shortest = (2 - x[.., 0]).index_select(0, kept).mean().item<float>();
        Assert.InRange(own, shortest, 1.3 * shortest);
    }

    [Fact]
    public void A_sample_that_does_not_arrive_or_that_another_class_wins_has_failed()
    {
        using var scope = NewDisposeScope();
        // The boundary is at x = 2: one step leads across from 1.999, but not from 0.
        Tensor x = tensor(new[] { 1.999f, 0f, 0f, 0f }, [2, 2]);
        BoundaryAttackResult result = BoundaryAttack.Run(Scores, x, full([2], 1L, int64), new BoundaryAttackOptions(1, 0.3, 1e-2));
        Assert.Equal([true, false], [.. result.Found.data<bool>()]);
        // Straight to class 1 from here leads through class 2.
        result = BoundaryAttack.Run(BehindAnother, tensor(new[] { 0f, 0f }, [1, 2]), full([1], 1L, int64), new BoundaryAttackOptions(20));
        Assert.Equal([false], [.. result.Found.data<bool>()]);
        Assert.Equal(2L, BehindAnother(result.Samples).argmax(1).item<long>());
        // A target that is the base class itself is nothing to find.
        result = BoundaryAttack.Run(Scores, x, zeros([2], int64), new BoundaryAttackOptions(3));
        Assert.DoesNotContain(true, result.Found.data<bool>());
    }

    [Fact]
    public void Base_samples_stay_unchanged_and_attacked_ones_within_the_limits()
    {
        using var scope = NewDisposeScope();
        Tensor x = zeros(4, 2);
        BoundaryAttackResult result = BoundaryAttack.Run(Scores, x, full([4], 1L, int64), new BoundaryAttackOptions(20), tensor(-1f), tensor(1f));
        Assert.All(x.data<float>(), v => Assert.Equal(0, v));
        Assert.All(result.Samples.data<float>(), v => Assert.InRange(v, -1, 1));
        Assert.DoesNotContain(true, result.Found.data<bool>());
    }

    /// <summary>Along x: class 0 wins below 1, class 2 from there to 3, then class 1.</summary>
    private static Tensor BehindAnother(Tensor x) => cat([zeros_like(x[.., ..1]), 2 * x[.., ..1] - 4, x[.., ..1] - 1], 1);

    private static Tensor Scores(Tensor x)
    {
        Tensor difference = x.unsqueeze(1) - tensor(Centres, [1, 3, 2]);
        return -difference.square().sum(2) / 4;
    }
}
