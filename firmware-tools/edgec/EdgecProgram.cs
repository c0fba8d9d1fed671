using System.CommandLine;
using System.CommandLine.Parsing;

namespace EdgeRuntime.Compiler;

/// <summary>Parses a command line, runs its verb, and turns errors into one line on standard error and an <see cref="ExitCode"/>.</summary>
internal static class EdgecProgram
{
    /// <summary>Runs a command line and returns the exit code.</summary>
    /// <param name="verbs">The program's verbs.</param>
    /// <param name="args">The command line.</param>
    /// <param name="output">Results.</param>
    /// <param name="error">Error messages.</param>
    public static async Task<int> RunAsync(IEnumerable<Command> verbs, IReadOnlyList<string> args, TextWriter output, TextWriter error)
    {
        var root = new RootCommand("Imports, trains, compresses, evaluates and inspects networks for small boards; writes .edge files.");
        foreach (Command verb in verbs)
            root.Add(verb);

        ParseResult parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (ParseError e in parsed.Errors)
                await error.WriteLineAsync($"edgec: {ErrorReport.OneLine(e.Message)}").ConfigureAwait(false);
            return (int)ExitCode.Usage;
        }

        try
        {
            // A stopped training finishes its step and writes a checkpoint, which takes longer than the library's two seconds.
            var configuration = new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                Output = output,
                Error = error,
                ProcessTerminationTimeout = TimeSpan.FromMinutes(1),
            };
            return await parsed.InvokeAsync(configuration).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // the one place where every error ends, as a message instead of a stack trace
        catch (Exception e)
#pragma warning restore CA1031
        {
            (ExitCode code, string message) = ErrorReport.For(e);
            await error.WriteLineAsync($"edgec: {message}").ConfigureAwait(false);
            return (int)code;
        }
    }
}
