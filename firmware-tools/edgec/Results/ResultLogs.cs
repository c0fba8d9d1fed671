using System.Diagnostics.CodeAnalysis;

namespace EdgeRuntime.Compiler.Results;

/// <summary>All logs of docs/results.</summary>
internal sealed class ResultLogs
{
    private readonly SortedDictionary<string, ResultLog> logs = new(StringComparer.Ordinal);

    public ResultLogs(IEnumerable<ResultLog> logs)
    {
        foreach (ResultLog log in logs)
            this.logs.Add(log.Name, log);
    }

    /// <summary>Every log, by name.</summary>
    public IEnumerable<ResultLog> All => logs.Values;

    /// <summary>Reads every log of a folder.</summary>
    /// <exception cref="CommandException">The folder is missing, or a file in it is no log.</exception>
    public static ResultLogs Read(string folder)
    {
        if (!Directory.Exists(folder))
            throw new CommandException(ExitCode.BadData, $"folder {folder} does not exist");
        return new ResultLogs(Directory.GetFiles(folder, "*.json").Select(ResultLog.Read));
    }

    /// <summary>The log of a name.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out ResultLog? log) => logs.TryGetValue(name, out log);

    /// <summary>Logs whose names begin with <paramref name="prefix"/>, by name.</summary>
    public IEnumerable<ResultLog> StartingWith(string prefix) => logs.Values.Where(l => l.Name.StartsWith(prefix, StringComparison.Ordinal));

    /// <summary>A figure as text, or "not run" where the log or the figure is missing.</summary>
    public string Text(string name, string figure, Func<double, string> format) =>
        logs.TryGetValue(name, out ResultLog? log) && log.Figures.TryGetValue(figure, out double value) ? format(value) : "not run";
}
