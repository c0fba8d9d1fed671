using EdgeRuntime.Training.Distillation;
using static TorchSharp.torch;

namespace EdgeRuntime.Training.Tests.Distillation;

public class BaseSampleTests
{
    [Fact]
    public void Only_pictures_that_both_recognise_are_taken_and_those_that_differ_most_first()
    {
        using var scope = NewDisposeScope();
        Tensor labels = tensor(new long[] { 0, 1, 2, 0, 1 });
        // Row 1 the teacher misses, row 2 the student; row 4 differs more in the other classes than rows 0 and 3.
        Tensor teacher = tensor(new[] { 5f, 1, 0, 5, 1, 0, 0, 1, 5, 5, 1, 0, 0, 5, 4.5f }, [5, 3]);
        Tensor student = tensor(new[] { 5f, 1, 0, 0, 5, 0, 5, 1, 0, 5, 2, 0, 0, 5, -3f }, [5, 3]);
        Assert.Equal([0L, 3L, 4L], [.. BaseSamples.Select(teacher, student, labels, 64).data<long>().Order()]);
        Assert.Equal([4L, 3L], [.. BaseSamples.Select(teacher, student, labels, 2).data<long>()]);
        Assert.Empty(BaseSamples.Select(teacher, -teacher, labels, 2).data<long>());
    }

    [Fact]
    public void Target_classes_are_drawn_by_the_teachers_probabilities_and_are_never_the_label()
    {
        using var scope = NewDisposeScope();
        manual_seed(3);
        const int Draws = 6000;
        // ln 4 and 0: class 1 four times as often as class 2; the label's huge lead does not count.
        Tensor teacher = tensor(new[] { 60f, MathF.Log(4), 0f }).expand(Draws, 3);
        long[] drawn = [.. BaseSamples.DrawTargets(teacher, zeros([Draws], int64)).data<long>()];
        Assert.DoesNotContain(0L, drawn);
        Assert.Equal(0.8, drawn.Count(d => d == 1) / (double)Draws, 0.03);
    }
}
