using System.CommandLine;
using EdgeRuntime.Compiler.Results;
using EdgeRuntime.Training.Distillation;

namespace EdgeRuntime.Compiler.Verbs;

/// <summary><c>edgec distill-toy</c>: boundary supporting samples in the plane, as a picture.</summary>
internal static class DistillToyVerb
{
    private const int MostRuns = 1000;

    public static Command Create()
    {
        var seed = new Option<ulong>("--seed") { Description = "Seed of points and weights", DefaultValueFactory = _ => 1UL };
        var runs = new Option<int>("--runs") { Description = "Runs with seeds from --seed on; the picture shows the first", DefaultValueFactory = _ => 1 };
        var steps = new Option<int>("--steps") { Description = "Steps of each student's training", DefaultValueFactory = _ => 400 };
        var output = new Option<string>("--output", "-o") { Description = "Picture to write (PNG)", Required = true };
        var log = new Option<string?>("--log") { Description = "Log of the runs for the page of results: docs/results/NAME.json" };
        var command = new Command("distill-toy", "Distils two students of a classifier in the plane, one with boundary supporting samples, and draws what they learnt") { seed, runs, steps, output, log };
        command.SetAction(parsed =>
        {
            int count = parsed.GetValue(runs);
            if (count is < 1 or > MostRuns)
                throw new CommandException(ExitCode.Usage, $"--runs is {count}; 1 to {MostRuns} are possible");
            if (parsed.GetValue(steps) is not (>= 1 and <= 1_000_000) and int given)
                throw new CommandException(ExitCode.Usage, $"--steps is {given}; 1 to 1000000 are possible");
            ulong first = parsed.GetValue(seed);
            string picture = parsed.GetRequiredValue(output);
            var hinton = new List<double>();
            var bss = new List<double>();
            var found = new List<double>();
            for (int run = 0; run < count; run++)
            {
                BoundaryToyResult result = BoundaryToy.Run(first + (ulong)run, parsed.GetValue(steps));
                if (run == 0)
                    BoundaryToyPicture.Write(picture, result);
                hinton.Add(result.HintonAgreement);
                bss.Add(result.BssAgreement);
                found.Add(result.Supporting.Count / (double)result.Points.Count);
            }

            parsed.InvocationConfiguration.Output.WriteLine(FormattableString.Invariant(
                $"{picture}: students decide like their teacher on {hinton.Average():P2} of the plane with soft targets, on {bss.Average():P2} with boundary supporting samples, too (seeds {first} to {first + (ulong)count - 1})"));
            if (parsed.GetValue(log) is { } file)
            {
                new ResultLog
                {
                    Command = CommandLineText.Of(parsed),
                    Seed = first,
                    Configuration = { ["picture"] = Path.GetFileName(picture) },
                    Figures = { ["meanHintonAgreement"] = hinton.Average(), ["meanBssAgreement"] = bss.Average() },
                    Series = { ["hintonAgreement"] = hinton, ["bssAgreement"] = bss, ["supportingSamplesFound"] = found },
                }.Write(file);
            }

            return (int)ExitCode.Success;
        });
        return command;
    }
}
