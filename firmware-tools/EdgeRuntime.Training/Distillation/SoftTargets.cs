using static TorchSharp.torch;

namespace EdgeRuntime.Training.Distillation;

/// <summary>Losses between a student's scores and a teacher's at a temperature (Hinton, Vinyals and Dean 2015).</summary>
public static class SoftTargets
{
    /// <summary>
    /// Cross entropy of the softened student with the softened teacher, mean over the batch: -sum_i p_i log q_i with p = softmax(teacher / T) and
    /// q = softmax(student / T). Its gradient with respect to a student score is (q_i - p_i) / T.
    /// </summary>
    /// <param name="student">Scores [n, classes].</param>
    /// <param name="teacher">Scores [n, classes]; no gradient flows into them.</param>
    /// <param name="temperature">T, above 0.</param>
    public static Tensor CrossEntropy(Tensor student, Tensor teacher, double temperature)
    {
        ArgumentNullException.ThrowIfNull(student);
        ArgumentNullException.ThrowIfNull(teacher);
        Tensor p = nn.functional.softmax(teacher.detach() / temperature, 1);
        return -(p * nn.functional.log_softmax(student / temperature, 1)).sum(1).mean();
    }

    /// <summary>
    /// <see cref="CrossEntropy"/> times T^2, so that the soft gradient keeps its size when the temperature changes. At high temperatures it tends to matching of
    /// scores: (z_i - v_i) / classes for zero-mean scores z of the student and v of the teacher (section 2.1 of the paper).
    /// </summary>
    /// <param name="student">Scores [n, classes].</param>
    /// <param name="teacher">Scores [n, classes]; no gradient flows into them.</param>
    /// <param name="temperature">T, above 0.</param>
    public static Tensor Scaled(Tensor student, Tensor teacher, double temperature) =>
        temperature * temperature * CrossEntropy(student, teacher, temperature);
}
