using System.Diagnostics;

namespace EdgeRuntime.Compiler.Tests;

/// <summary>Runs the program that was built beside the tests, as a user would.</summary>
internal static class EdgecProcess
{
    public static (int Code, string Output, string Error) Run(params string[] arguments)
    {
        string host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } path ? path : "dotnet";
        var start = new ProcessStartInfo(host) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "edgec.dll"));
        foreach (string a in arguments)
            start.ArgumentList.Add(a);

        // Beside the tests the native libraries lie in folders by platform, which the program's own list of files does not name.
        start.Environment["LD_LIBRARY_PATH"] = Path.Combine(AppContext.BaseDirectory, "runtimes", "linux-x64", "native");
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        Assert.True(process.WaitForExit(TimeSpan.FromMinutes(2)), "edgec did not end");
        return (process.ExitCode, output, error.Result);
    }

    /// <summary>Runs a command line that must succeed, and returns what it printed.</summary>
    public static string Succeeds(params string[] arguments)
    {
        (int code, string output, string error) = Run(arguments);
        Assert.True(code == 0 && error.Length == 0, $"edgec {string.Join(' ', arguments)}: {code}: {error}");
        return output;
    }

    /// <summary>Runs a command line that must fail: an exit code, nothing printed, one line of error and no stack trace.</summary>
    public static void Fails(int expected, string contains, params string[] arguments)
    {
        (int code, string output, string error) = Run(arguments);
        string shown = $"edgec {string.Join(' ', arguments)}: {code}: {error}";
        Assert.True(code == expected, shown);
        Assert.Equal("", output);
        Assert.Contains(contains, error, StringComparison.Ordinal);
        Assert.True(error.StartsWith("edgec: ", StringComparison.Ordinal) && error.TrimEnd().Split('\n').Length == 1, shown);
    }
}
