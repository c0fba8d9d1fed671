using System.CommandLine;
using System.CommandLine.Parsing;

namespace EdgeRuntime.Daemon;

/// <summary>Parses a command line, runs its verb, and turns errors into one line on standard error and an <see cref="ExitCode"/>.</summary>
internal static class EdgedProgram
{
    /// <summary>Runs a command line and returns the exit code.</summary>
    public static int Run(IEnumerable<Command> verbs, IReadOnlyList<string> args, TextWriter output, TextWriter error)
    {
        var root = new RootCommand("Recognises what a camera sees, on the board itself.");
        foreach (Command verb in verbs)
            root.Add(verb);

        ParseResult parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (ParseError e in parsed.Errors)
                error.WriteLine($"edged: {ErrorReport.OneLine(e.Message)}");
            return (int)ExitCode.Usage;
        }

        try
        {
            return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, Output = output, Error = error, ProcessTerminationTimeout = null });
        }
#pragma warning disable CA1031 // the one place where every error ends, as a message instead of a stack trace
        catch (Exception e)
#pragma warning restore CA1031
        {
            (ExitCode code, string message) = ErrorReport.For(e);
            error.WriteLine($"edged: {message}");
            return (int)code;
        }
    }
}
