using System.CommandLine;
using EdgeRuntime.Compiler;
using EdgeRuntime.Compiler.Verbs;

// One line per verb; each is a file in Verbs/ with a static Create() that declares its options and its action.
Command[] verbs =
[
    DataVerb.Create(),
    TrainVerb.Create(),
    DistillVerb.Create(),
    DistillToyVerb.Create(),
    ImportVerb.Create(),
    InspectVerb.Create(),
    EvalVerb.Create(),
    QuantizeVerb.Create(),
    GenerateVerb.Create(),
    FormsVerb.Create(),
    ProfileVerb.Create(),
    ResultsVerb.Create(),
    PruneVerb.Create(),
    PruneFiltersVerb.Create(),
    CompressVerb.Create(),
];

return await EdgecProgram.RunAsync(verbs, args, Console.Out, Console.Error).ConfigureAwait(false);
