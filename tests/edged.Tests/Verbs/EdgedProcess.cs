using System.Diagnostics;

namespace EdgeRuntime.Daemon.Tests;

/// <summary>Runs the program that was built beside the tests, as a user would.</summary>
internal static class EdgedProcess
{
    /// <summary>The repository's top folder.</summary>
    public static string Top { get; } = FindTop();

    public static string SampleModel => Path.Combine(Top, "deploy", "models", "digits-int8.edge");

    public static string SampleConfig => Path.Combine(Top, "deploy", "samples", "run.json");

    // Takes the place of the shell, whose process it becomes. What stays behind ends with it, and kills it when the other end of standard input closes.
    private const string Guarded = """
        (while kill -0 $$; do read -rt 1; if [ $? = 1 ]; then kill -KILL $$; fi; done) <&0 >/dev/null 2>&1 &
        exec "$@" </dev/null
        """;

    public static Process Start(params string[] arguments) => Start([], arguments);

    /// <summary>Starts the program with an empty standard input. It is killed when the process's standard input is closed, as it is however the tests end.</summary>
    public static Process Start(ReadOnlySpan<(string Name, string Value)> environment, params string[] arguments)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "edged.dll");

        // A shell that runs the tests in the background has its children ignore SIGINT; the program must see it.
        var start = new ProcessStartInfo("bash") { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (string word in (string[])["-c", Guarded, "edged", "env", "--default-signal=INT,TERM"])
            start.ArgumentList.Add(word);
        start.ArgumentList.Add(DotnetHost());
        start.ArgumentList.Add(program);
        foreach (string a in arguments)
            start.ArgumentList.Add(a);
        foreach ((string name, string value) in environment)
            start.Environment[name] = value;
        return Process.Start(start)!;
    }

    public static (int Code, string Output, string Error) Run(params string[] arguments)
    {
        using Process process = Start(arguments);
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        Assert.True(process.WaitForExit(TimeSpan.FromMinutes(2)), "edged did not end");
        return (process.ExitCode, output, error.Result);
    }

    private static string DotnetHost() => Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } path ? path : "dotnet";

    private static string FindTop()
    {
        for (string? folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "EdgeRuntime.sln")))
                return folder;
        }

        throw new InvalidOperationException($"no EdgeRuntime.sln above {AppContext.BaseDirectory}");
    }
}
