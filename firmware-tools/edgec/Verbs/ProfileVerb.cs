using System.CommandLine;
using EdgeRuntime.Compiler.Profiling;

namespace EdgeRuntime.Compiler.Verbs;

/// <summary>edgec profile: what each layer would cost on a board's core, by the cost model.</summary>
internal static class ProfileVerb
{
    public static Command Create()
    {
        var file = new Argument<string>("model.edge") { Description = "network to price" };
        var core = new Option<string>("--core") { Description = "a53 (Pi 3), a72 (Pi 4) or a76 (Pi 5)", DefaultValueFactory = _ => "a72" };
        core.AcceptOnlyFromAmong("a53", "a72", "a76");
        var command = new Command("profile", "Models the cycles of each layer on a board's core, without the board.") { file, core };
        command.SetAction(parse =>
        {
            string model = parse.GetRequiredValue(file);

            // A wrong file is reported as such before the slow part begins.
            using (EdgeModel loaded = EdgeModel.Load(model))
            using (PreparedModel prepared = loaded.Prepare())
                CostModel.Find(AppContext.BaseDirectory, Environment.CurrentDirectory).WriteTable(model, parse.GetRequiredValue(core), parse.InvocationConfiguration.Output);
        });
        return command;
    }
}
