using TorchSharp;
using static TorchSharp.torch;

namespace EdgeRuntime.Training.Distillation;

/// <summary>What the toy experiment found; everything that its picture needs.</summary>
public sealed record BoundaryToyResult
{
    /// <summary>Side of the grid of decisions, over -1..1 in both directions.</summary>
    public required int Side { get; init; }

    /// <summary>Seed.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Training points of the students: x, y, class.</summary>
    public required IReadOnlyList<float[]> Points { get; init; }

    /// <summary>Base samples and where the attack took them: x, y, x', y'.</summary>
    public required IReadOnlyList<float[]> Supporting { get; init; }

    /// <summary>Decisions per row of the grid, one character a point, '0' or '1'.</summary>
    public required IReadOnlyList<string> TeacherGrid { get; init; }

    /// <summary>The same of the student that learnt soft targets.</summary>
    public required IReadOnlyList<string> HintonGrid { get; init; }

    /// <summary>The same of the student that learnt boundary supporting samples, too.</summary>
    public required IReadOnlyList<string> BssGrid { get; init; }

    /// <summary>Share of the grid on which the student of soft targets decides like the teacher.</summary>
    public required double HintonAgreement { get; init; }

    /// <summary>The same of the student with boundary supporting samples.</summary>
    public required double BssAgreement { get; init; }
}

/// <summary>
/// Two classes in the plane with a wave between them (after the figure in the survey, and figure 1 of Heo et al. 2019). A teacher has seen many points; two students of the same
/// size and start see few: one learns the teacher's soft targets, the other boundary supporting samples beside them.
/// </summary>
public static class BoundaryToy
{
    private const int TeacherPoints = 1500, StudentPoints = 40, Supporting = 40, Side = 120;

    /// <summary>Runs the experiment.</summary>
    /// <param name="seed">Seed of points and weights.</param>
    /// <param name="steps">Steps of each student's training.</param>
    public static BoundaryToyResult Run(ulong seed, int steps = 400)
    {
        // Tensors of this size are not worth a second thread, and waiting for one costs more than the work.
        int threads = get_num_threads();
        set_num_threads(1);
        try
        {
            return Compare(seed, steps);
        }
        finally
        {
            set_num_threads(threads);
        }
    }

    private static BoundaryToyResult Compare(ulong seed, int steps)
    {
        using var scope = NewDisposeScope();
        random.manual_seed((long)seed);
        (Tensor all, Tensor allLabels) = Draw(TeacherPoints);
        nn.Module<Tensor, Tensor> teacher = Perceptron(64);
        Fit(teacher, 600, 5e-3, () => nn.functional.cross_entropy(teacher.call(all), allLabels));
        teacher.eval();
        foreach (var parameter in teacher.parameters())
            parameter.requires_grad = false;

        (Tensor points, Tensor labels) = Draw(StudentPoints);
        Tensor soft = teacher.call(points);
        nn.Module<Tensor, Tensor> hinton = Perceptron(16), bss = Perceptron(16);
        bss.load_state_dict(hinton.state_dict());
        var options = DistillationOptions.Of(DistillationMethod.Bss);
        Fit(hinton, steps, 5e-3, () => Plain(hinton.call(points), soft, labels, options, 0));
        // The plane is two units wide, and scores change by tens of units in one: steps are smaller than for pictures.
        var attack = new BoundaryAttackOptions(12, 0.02, 0.05);
        int step = 0;
        Fit(bss, steps, 5e-3, () =>
        {
            double progress = step++ / (double)steps;
            Tensor logits = bss.call(points);
            Tensor loss = Plain(logits, soft, labels, options, progress);
            double weight = options.BoundaryWeight(progress);
            if (weight <= 0)
                return loss;
            Tensor chosen = BaseSamples.Select(soft, logits, labels, Supporting);
            Tensor found = Attack(teacher, points.index_select(0, chosen), labels.index_select(0, chosen), attack).To;
            return found.shape[0] == 0 ? loss : loss + weight * SoftTargets.CrossEntropy(bss.call(found), teacher.call(found), options.Temperature);
        });

        var (from, to) = Attack(teacher, points, labels, attack);
        string[] teacherGrid = Grid(teacher), hintonGrid = Grid(hinton), bssGrid = Grid(bss);
        return new BoundaryToyResult
        {
            Side = Side,
            Seed = seed,
            Points = Rows(cat([points, labels.unsqueeze(1).to(float32)], 1)),
            Supporting = Rows(cat([from, to], 1)),
            TeacherGrid = teacherGrid,
            HintonGrid = hintonGrid,
            BssGrid = bssGrid,
            HintonAgreement = Agreement(teacherGrid, hintonGrid),
            BssAgreement = Agreement(teacherGrid, bssGrid),
        };
    }

    /// <summary>Loss of the labels and of the soft targets.</summary>
    private static Tensor Plain(Tensor logits, Tensor soft, Tensor labels, DistillationOptions options, double progress) =>
        nn.functional.cross_entropy(logits, labels) + options.SoftWeight(progress) * SoftTargets.CrossEntropy(logits, soft, options.Temperature);

    /// <summary>Boundary supporting samples of some points: those that were found, and where they came from.</summary>
    private static (Tensor From, Tensor To) Attack(nn.Module<Tensor, Tensor> teacher, Tensor points, Tensor labels, BoundaryAttackOptions options)
    {
        BoundaryAttackResult result = BoundaryAttack.Run(teacher.call, points, 1 - labels, options);
        Tensor found = result.Found.nonzero().reshape(-1);
        return (points.index_select(0, found), result.Samples.index_select(0, found));
    }

    private static (Tensor Points, Tensor Labels) Draw(int count)
    {
        Tensor points = rand(count, 2) * 2 - 1;
        Tensor wave = 0.35 * (points[.., 0] * 5).sin();
        return (points, points[.., 1].gt(wave).to(int64));
    }

    private static nn.Module<Tensor, Tensor> Perceptron(int hidden) => nn.Sequential(
        ("hidden1", nn.Linear(2, hidden)), ("tanh1", nn.Tanh()), ("hidden2", nn.Linear(hidden, hidden)), ("tanh2", nn.Tanh()), ("scores", nn.Linear(hidden, 2)));

    private static void Fit(nn.Module<Tensor, Tensor> network, int steps, double rate, Func<Tensor> loss)
    {
        using Optimizer optimizer = Optimizer.Create(OptimizerKind.Adam, network.named_parameters().Select(p => (p.name, p.parameter)), 0);
        for (int i = 0; i < steps; i++)
        {
            using var scope = NewDisposeScope();
            optimizer.ZeroGradients();
            loss().backward();
            optimizer.Step(rate * 0.5 * (1 + Math.Cos(Math.PI * i / steps)));
        }
    }

    private static string[] Grid(nn.Module<Tensor, Tensor> network)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        Tensor axis = linspace(-1, 1, Side);
        Tensor x = axis.expand(Side, Side), y = axis.unsqueeze(1).expand(Side, Side);
        long[] decisions = [.. network.call(stack([x.reshape(-1), y.reshape(-1)], 1)).argmax(1).data<long>()];
        return [.. decisions.Chunk(Side).Select(row => string.Concat(row))];
    }

    private static double Agreement(string[] a, string[] b) =>
        a.Zip(b, (p, q) => p.Zip(q).Count(c => c.First == c.Second)).Sum() / (double)(Side * Side);

    private static IReadOnlyList<float[]> Rows(Tensor values) =>
        [.. values.data<float>().Chunk((int)values.shape[1]).Select(row => row.Select(v => MathF.Round(v, 4)).ToArray())];
}
