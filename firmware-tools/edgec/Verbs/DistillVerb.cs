using System.CommandLine;
using EdgeRuntime.Training;
using EdgeRuntime.Training.Data;
using EdgeRuntime.Training.Distillation;
using EdgeRuntime.Training.Networks;

namespace EdgeRuntime.Compiler.Verbs;

/// <summary><c>edgec distill</c>: trains a network as the student of a trained one, and writes it as an .edge file.</summary>
internal static class DistillVerb
{
    public static Command Create()
    {
        DistillationOptions hinton = DistillationOptions.Of(DistillationMethod.Hinton), bss = DistillationOptions.Of(DistillationMethod.Bss);
        var teacher = new Option<string>("--teacher") { Description = "Trained network: a checkpoint, or the folder of a run (of which the best epoch is taken)", Required = true };
        var teacherWidth = new Option<double>("--teacher-width") { Description = "Factor of the teacher's channels, for checkpoints that do not hold the network's structure", DefaultValueFactory = _ => 1.0 };
        var method = new Option<DistillationMethod>("--method") { Description = "Hinton (Hinton et al. 2015), or Bss: boundary supporting samples (Heo et al. 2019)", Required = true };
        var temperature = new Option<double?>("--temperature") { Description = FormattableString.Invariant($"Temperature of the soft targets (default: {hinton.Temperature}; Bss: {bss.Temperature})") };
        var alpha = new Option<double?>("--alpha") { Description = FormattableString.Invariant($"Hinton: share of the soft loss (default: {hinton.Alpha}). Bss: its weight at the start (default: {bss.Alpha})") };
        var beta = new Option<double>("--beta") { Description = "Bss: weight of the boundary supporting loss at the start", DefaultValueFactory = _ => bss.Beta };
        var attacked = new Option<int>("--attacked") { Description = "Bss: pictures of a step that are attacked at most", DefaultValueFactory = _ => bss.AttackedSamples };
        var steps = new Option<int>("--attack-steps") { Description = "Bss: steps of the attack at most", DefaultValueFactory = _ => bss.Attack.Steps };
        var stepSize = new Option<double>("--attack-step-size") { Description = "Bss: factor of each step", DefaultValueFactory = _ => bss.Attack.StepSize };
        return TrainVerb.Create(new TrainingKind(
            "distill",
            "Trains a network as the student of a trained one and writes it as an .edge file",
            "--student",
            "--student-method",
            [teacher, teacherWidth, method, temperature, alpha, beta, attacked, steps, stepSize],
            (parsed, student, data, training, writer) =>
            {
                DistillationOptions defaults = DistillationOptions.Of(parsed.GetValue(method));
                var options = defaults with
                {
                    Temperature = parsed.GetValue(temperature) ?? defaults.Temperature,
                    Alpha = parsed.GetValue(alpha) ?? defaults.Alpha,
                    Beta = parsed.GetValue(beta),
                    AttackedSamples = parsed.GetValue(attacked),
                    Attack = defaults.Attack with { Steps = parsed.GetValue(steps), StepSize = parsed.GetValue(stepSize) },
                };
                options.Validate();
                var taught = new Teacher(NetworkStore.Load(parsed.GetRequiredValue(teacher), data.Train, parsed.GetValue(teacherWidth)), student, training.BFloat16);
                ImageSet measured = data.Validation.Count > 0 ? data.Validation : data.Train;
                double accuracy = taught.RequireBetterThanChance(measured);
                writer.WriteLine(FormattableString.Invariant($"teacher {taught.Network.Name}: {taught.Network.ParameterCount:N0} parameters, recognises {accuracy:P2} of {measured.Count:N0} pictures kept from training"));
                TeacherScores? known = training.Augmentation == Augmentation.None ? new TeacherScores(taught, data.Train, student.Normalization) : null;
                return new DistillationObjective(taught, options, training.LabelSmoothing, known);
            }));
    }
}
