using static TorchSharp.torch;

namespace EdgeRuntime.Training.Distillation;

/// <summary>Settings of the attack; the defaults are those of the paper's published experiments.</summary>
/// <param name="Steps">Most steps, 1 or more.</param>
/// <param name="StepSize">Factor of each step, above 0.</param>
/// <param name="Overshoot">Added to the difference of scores, so that a step leads across the boundary and not only towards it.</param>
public sealed record BoundaryAttackOptions(int Steps = 10, double StepSize = 0.3, double Overshoot = 1e-4);

/// <summary>Where an attack ended.</summary>
/// <param name="Samples">Attacked pictures, as many as went in.</param>
/// <param name="Scores">The classifier's scores of the attacked pictures, [n, classes].</param>
/// <param name="Found">Bool [n]: the picture has just crossed the boundary from its base class into the target class.</param>
public readonly record struct BoundaryAttackResult(Tensor Samples, Tensor Scores, Tensor Found);

/// <summary>
/// Moves samples across a classifier's decision boundary (Heo et al. 2019, "Knowledge distillation with adversarial samples supporting decision boundary"). With base class b and
/// target class k a sample descends on L(x) = f_b(x) - f_k(x) in steps of  -eta (L + epsilon) grad L / |grad L|, and stops when b has just lost: a boundary supporting
/// sample, if k has won. A sample that another class wins, or that does not arrive in time, has failed.
/// </summary>
public static class BoundaryAttack
{
    private const double LeastNorm = 1e-12;

    /// <summary>Attacks a batch.</summary>
    /// <param name="classifier">Scores [n, classes] of pictures [n, …], in use mode; its parameters get no gradient.</param>
    /// <param name="samples">Base samples [n, …]; they are not changed.</param>
    /// <param name="targets">Target classes, int64 [n].</param>
    /// <param name="options">Settings.</param>
    /// <param name="low">Least value that a sample may take, broadcast to its shape; null for no limit.</param>
    /// <param name="high">Largest value.</param>
    public static BoundaryAttackResult Run(
        Func<Tensor, Tensor> classifier, Tensor samples, Tensor targets, BoundaryAttackOptions options, Tensor? low = null, Tensor? high = null)
    {
        ArgumentNullException.ThrowIfNull(classifier);
        ArgumentNullException.ThrowIfNull(samples);
        ArgumentNullException.ThrowIfNull(targets);
        ArgumentNullException.ThrowIfNull(options);
        using var scope = NewDisposeScope();
        Tensor x = samples.detach().clone().requires_grad_();
        Tensor scores = classifier(x);
        Tensor bases = scores.argmax(1), moved = x.detach().clone(), reached = scores.detach().clone();
        // Samples that have not arrived yet, and their rows in x, the pictures of the last step: that step's scores are those with which the next begins.
        Tensor active = arange(samples.shape[0], int64), rows = active;
        for (int step = 0; step < options.Steps && active.shape[0] > 0; step++)
        {
            Tensor own = bases.index_select(0, active).unsqueeze(1), target = targets.index_select(0, active).unsqueeze(1);
            Tensor going = scores.index_select(0, rows);
            Tensor gap = going.gather(1, own) - going.gather(1, target);
            Tensor gradient = autograd.grad([gap.sum()], [x])[0].index_select(0, rows);
            x = Next(x.detach().index_select(0, rows), gap.detach().squeeze(1), gradient, options, low, high);
            // After the last step no gradient is needed.
            scores = classifier(step + 1 < options.Steps ? x.requires_grad_() : x);
            moved.index_copy_(0, active, x.detach());
            reached.index_copy_(0, active, scores.detach());
            rows = scores.argmax(1).eq(own.squeeze(1)).nonzero().reshape(-1);
            active = active.index_select(0, rows);
        }

        Tensor found = reached.argmax(1).eq(targets).logical_and(bases.ne(targets));
        return new BoundaryAttackResult(moved.MoveToOuterDisposeScope(), reached.MoveToOuterDisposeScope(), found.MoveToOuterDisposeScope());
    }

    private static Tensor Next(Tensor x, Tensor gap, Tensor gradient, BoundaryAttackOptions options, Tensor? low, Tensor? high)
    {
        long[] perPicture = [gradient.shape[0], .. Enumerable.Repeat(1L, (int)gradient.dim() - 1)];
        Tensor norm = gradient.flatten(1).norm(1, false, 2f).clamp_min(LeastNorm);
        Tensor length = options.StepSize * (gap + options.Overshoot) / norm;
        Tensor next = x - length.reshape(perPicture) * gradient;
        return low is null || high is null ? next : maximum(minimum(next, high), low);
    }
}
