using static TorchSharp.torch;

namespace EdgeRuntime.Training.Distillation;

/// <summary>Which pictures of a batch are attacked, and towards which class (Heo et al. 2019).</summary>
public static class BaseSamples
{
    /// <summary>
    /// Pictures that teacher and student both recognise, those first whose probabilities of the other classes differ most between the two: sum over k other than the label of
    /// (p_teacher - p_student)^2.
    /// </summary>
    /// <param name="teacher">Scores [n, classes].</param>
    /// <param name="student">Scores [n, classes].</param>
    /// <param name="labels">Labels, int64 [n].</param>
    /// <param name="count">Most pictures.</param>
    /// <returns>Their indices, int64.</returns>
    public static Tensor Select(Tensor teacher, Tensor student, Tensor labels, int count)
    {
        ArgumentNullException.ThrowIfNull(teacher);
        ArgumentNullException.ThrowIfNull(student);
        ArgumentNullException.ThrowIfNull(labels);
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        Tensor both = teacher.argmax(1).eq(labels).logical_and(student.argmax(1).eq(labels));
        Tensor indices = both.nonzero().reshape(-1);
        if (indices.shape[0] > count)
        {
            Tensor square = (nn.functional.softmax(teacher, 1) - nn.functional.softmax(student, 1)).square();
            Tensor others = square.sum(1) - square.gather(1, labels.unsqueeze(1)).squeeze(1);
            Tensor best = others.index_select(0, indices).topk(count).indexes;
            indices = indices.index_select(0, best);
        }

        return indices.MoveToOuterDisposeScope();
    }

    /// <summary>A class other than the label for each picture, drawn by the teacher's probabilities from the library's generator.</summary>
    /// <param name="teacher">Scores [n, classes], at least 2 classes.</param>
    /// <param name="labels">Labels, int64 [n].</param>
    /// <returns>Classes, int64 [n].</returns>
    public static Tensor DrawTargets(Tensor teacher, Tensor labels)
    {
        ArgumentNullException.ThrowIfNull(teacher);
        ArgumentNullException.ThrowIfNull(labels);
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        // The label's score leaves the softmax, so that the others' ratios survive a teacher that is certain.
        Tensor column = labels.unsqueeze(1);
        Tensor scores = teacher.detach().clone().scatter_(1, column, full_like(column, float.NegativeInfinity, teacher.dtype));
        return nn.functional.softmax(scores, 1).multinomial(1).squeeze(1).MoveToOuterDisposeScope();
    }
}
