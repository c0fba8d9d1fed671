using System.ComponentModel;
using System.Diagnostics;

namespace EdgeRuntime.Compiler.Profiling;

/// <summary>
/// The cost model of the repository (tests/cost): it runs the board's program under QEMU and prices every block of instructions for a core. Needs a checkout, since
/// the program with symbols and the model are parts of it.
/// </summary>
internal sealed class CostModel
{
    private const string Script = "tests/cost/cost.py";
    private const string BoardProgram = "out/arm64-symbols/edged";
    private const string HostProgram = "out/host/edgec";
    private readonly string top;

    private CostModel(string top) => this.top = top;

    /// <summary>Finds the checkout that this program, or the current folder, is a part of.</summary>
    /// <exception cref="CommandException">There is none, or what the model needs has not been built.</exception>
    public static CostModel Find(params ReadOnlySpan<string> startFolders)
    {
        foreach (string start in startFolders)
        {
            for (string? folder = Path.GetFullPath(start); folder is not null; folder = Path.GetDirectoryName(folder))
            {
                if (File.Exists(Path.Combine(folder, Script)))
                    return new CostModel(folder).Checked();
            }
        }

        throw new CommandException(ExitCode.File, $"{Script} is not found: costs are modelled from a checkout of the repository; on a board, edged bench --layers measures them");
    }

    /// <summary>Writes the table of layers of a model on a core.</summary>
    /// <exception cref="CommandException">A tool is missing, or the model cannot be priced.</exception>
    public void WriteTable(string model, string core, TextWriter output)
    {
        var start = new ProcessStartInfo("python3")
        {
            WorkingDirectory = top,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach (string word in new[] { Script, "table", "--core", core, "--layers", Path.GetFullPath(model) })
            start.ArgumentList.Add(word);
        try
        {
            using Process process = Process.Start(start)!;
            process.StandardInput.Close();
            Task<string> error = process.StandardError.ReadToEndAsync();
            output.Write(process.StandardOutput.ReadToEnd());
            process.WaitForExit();
            if (process.ExitCode != 0)
                throw new CommandException(ExitCode.File, error.Result.Trim());
        }
        catch (Win32Exception e)
        {
            throw new CommandException(ExitCode.File, $"python3 cannot be started ({e.Message}): deploy/setup.sh cost installs what the cost model needs", e);
        }
    }

    private CostModel Checked()
    {
        if (!File.Exists(Path.Combine(top, BoardProgram)))
            throw new CommandException(ExitCode.File, $"{BoardProgram} is missing: deploy/publish-arm64.sh --symbols builds it");
        if (!File.Exists(Path.Combine(top, HostProgram)))
            throw new CommandException(ExitCode.File, $"{HostProgram} is missing: make build");
        return this;
    }
}
