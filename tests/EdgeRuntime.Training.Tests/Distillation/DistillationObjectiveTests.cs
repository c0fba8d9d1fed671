using EdgeRuntime.Training.Data;
using EdgeRuntime.Training.Distillation;
using EdgeRuntime.Training.Networks;
using static TorchSharp.torch;

namespace EdgeRuntime.Training.Tests.Distillation;

public class DistillationObjectiveTests
{
    [Fact]
    public void Weights_of_the_losses_fall_as_in_the_paper()
    {
        DistillationOptions bss = DistillationOptions.Of(DistillationMethod.Bss);
        Assert.Equal([4, 2.5, 1], new[] { 0, 0.5, 1.0 }.Select(bss.SoftWeight));
        Assert.Equal(2, bss.BoundaryWeight(0));
        Assert.Equal(1, bss.BoundaryWeight(0.375), 1e-9);
        Assert.Equal(0, bss.BoundaryWeight(0.75), 1e-9);
        Assert.Equal(0, bss.BoundaryWeight(0.9));
        var hinton = new DistillationOptions { Alpha = 0.7 };
        Assert.Equal(0.3, hinton.LabelWeight, 1e-9);
        Assert.Equal([0.7, 0.7], new[] { 0, 1.0 }.Select(hinton.SoftWeight));
        Assert.Equal(0, hinton.BoundaryWeight(0));
    }

    [Theory]
    [InlineData(0.0, 0.5, "temperature is 0;")]
    [InlineData(4.0, 1.5, "alpha is 1.5;")]
    [InlineData(4.0, -0.5, "alpha is -0.5;")]
    public void Impossible_settings_are_refused(double temperature, double alpha, string message)
    {
        var error = Assert.Throws<TrainingException>(() => new DistillationOptions { Temperature = temperature, Alpha = alpha }.Validate());
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_teacher_of_other_pictures_or_classes_or_no_better_than_chance_is_refused()
    {
        ImageSet set = TestData.Bars(60, 16, 1, 3, seed: 1);
        Network student = Make("lenet-5", set, set.Classes);
        Assert.Contains("28x28x1", Assert.Throws<TrainingException>(() => new Teacher(Make("lenet-5", TestData.Bars(9, 28, 1, 3, 1), set.Classes), student)).Message, StringComparison.Ordinal);
        Assert.Contains("classes", Assert.Throws<TrainingException>(() => new Teacher(Make("lenet-5", set, ["a", "b", "c"]), student)).Message, StringComparison.Ordinal);
        Network untrained = Make("lenet-5", set, set.Classes);
        using (no_grad())
        {
            foreach (var parameter in untrained.Body.parameters())
                parameter.zero_();
        }

        using var teacher = new Teacher(untrained, student);
        Assert.Contains("commonest class", Assert.Throws<TrainingException>(() => teacher.RequireBetterThanChance(set)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Known_scores_are_those_of_the_teacher_whatever_the_order_and_the_normalization()
    {
        ImageSet set = TestData.Bars(40, 16, 1, 3, seed: 2);
        Network own = Make("lenet-5", set, set.Classes);
        Network student = own with { Normalization = Normalization.Symmetric(1) };
        using var teacher = new Teacher(own, student);
        using var known = new TeacherScores(teacher, set, student.Normalization);
        using Batch batch = BatchLoader.ForTraining(set, 16, student.Normalization, Augmentation.None, 7).Load(3, 1);
        // The teacher itself, on the same pictures in its own normalization.
        using Batch direct = BatchLoader.ForTraining(set, 16, own.Normalization, Augmentation.None, 7).Load(3, 1);
        float[] expected = [.. own.Body.call(direct.Images).data<float>()], actual = [.. known.Of(batch).data<float>()];
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], actual[i], 1e-3f);
    }

    [Theory]
    [InlineData("resnet-8", 0.25)]
    [InlineData("quicknet-small", 0.5)]
    public void A_teacher_in_half_precision_scores_as_the_same_in_single_up_to_the_rounding(string name, double width)
    {
        ImageSet set = TestData.Bars(24, 16, 3, 3, seed: 6);
        Network Taught() => NetworkCatalog.Create(name, new NetworkRequest(new PictureShape(16, 16, 3), 3, "float", width), set.Classes, Normalization.Of(set), 5);
        Network student = Make("lenet-300-100", set, set.Classes);
        using var single = new Teacher(Taught(), student);
        using var half = new Teacher(Taught(), student, bfloat16: true);
        using Batch batch = BatchLoader.ForEvaluation(set, 24, student.Normalization).Load(0, 0);
        Tensor expected = single.Score(batch.Images), actual = half.Score(batch.Images);
        Assert.Equal(ScalarType.Float32, actual.dtype);
        double difference = (expected - actual).norm().item<float>() / expected.norm().item<float>();
        Assert.InRange(difference, 1e-7, 0.03);
        // A binary network's signs would change with the rounding.
        Assert.False(HalfPrecisionScorer.Supports(NetworkCatalog.Create("quicknet-small", new NetworkRequest(new PictureShape(16, 16, 3), 3, "react"), set.Classes, Normalization.Of(set), 5)));
    }

    [Theory]
    [InlineData(DistillationMethod.Hinton)]
    [InlineData(DistillationMethod.Bss)]
    public void A_student_learns_from_its_teacher_and_a_resumed_run_is_the_same(DistillationMethod method)
    {
        ImageSet set = TestData.Bars(256, 16, 1, 3, seed: 3), other = TestData.Bars(64, 16, 1, 3, seed: 4);
        var data = new DataSplits("bars", set, other, other);
        Network taught = Make("lenet-5", set, set.Classes);
        var training = new TrainingOptions { Epochs = 3, BatchSize = 32, WarmupSteps = 0, Threads = 1 };
        using var folder = new TemporaryFolder();
        new EdgeRuntime.Training.Trainer(taught, data, training, folder.File("teacher")).Run(resume: false);

        float[] Train(string name, int stopAfter)
        {
            Network student = Make("lenet-300-100", set, set.Classes);
            using var teacher = new Teacher(taught, student);
            Assert.True(teacher.RequireBetterThanChance(other) > 0.9);
            var objective = new DistillationObjective(teacher, DistillationOptions.Of(method));
            long attacked = 0;
            using var stop = new CancellationTokenSource();
            int steps = 0;
            var progress = new Callback(() =>
            {
                attacked += objective.LastAttack.Attacked;
                if (++steps == stopAfter)
                    stop.Cancel();
            });
            if (stopAfter > 0)
            {
                Assert.Throws<OperationCanceledException>(() => new EdgeRuntime.Training.Trainer(student, data, training, folder.File(name), objective).Run(resume: false, progress, stop.Token));
                student = Make("lenet-300-100", set, set.Classes);
            }

            RunLog log = new EdgeRuntime.Training.Trainer(student, data, training, folder.File(name), objective).Run(resume: stopAfter > 0, progress, CancellationToken.None);
            Assert.True(log.TestAccuracy > 0.9, $"{log.TestAccuracy}");
            Assert.Equal(method == DistillationMethod.Bss, attacked > 0);
            return [.. student.Body.parameters().SelectMany(p => p.data<float>())];
        }

        Assert.Equal(Train("straight", 0), Train("resumed", 13));
    }

    private static Network Make(string name, ImageSet set, IReadOnlyList<string> classes)
    {
        var request = new NetworkRequest(new PictureShape(set.Height, set.Width, set.Channels), classes.Count, "float");
        return NetworkCatalog.Create(name, request, classes, Normalization.Of(set), 5);
    }

    private sealed class Callback(Action action) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => action();
    }
}
