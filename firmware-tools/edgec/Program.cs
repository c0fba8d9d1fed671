using System.CommandLine;
using EdgeRuntime.Compiler;

// One line per verb; each is a file in Verbs/ with a static Create() that declares its options and its action.
Command[] verbs =
[
];

return await EdgecProgram.RunAsync(verbs, args, Console.Out, Console.Error).ConfigureAwait(false);
