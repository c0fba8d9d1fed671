using System.CommandLine;

namespace EdgeRuntime.Compiler;

/// <summary>The command line as it is noted in the files that it makes.</summary>
internal static class CommandLineText
{
    /// <summary>"edgec" and the arguments; those with blanks are quoted, and folders are left out, since they say nothing to others.</summary>
    public static string Of(ParseResult parse) => "edgec " + string.Join(' ', parse.Tokens.Select(t => Quote(Path.IsPathRooted(t.Value) ? Path.GetFileName(t.Value) : t.Value)));

    private static string Quote(string text) => text.Any(char.IsWhiteSpace) ? $"\"{text}\"" : text;
}
