using EdgeRuntime.Compiler.Results;

namespace EdgeRuntime.Compiler.Tests.Results;

public class ResultsPageTests
{
    [Fact]
    public void The_page_in_the_repository_is_the_one_that_the_logs_give()
    {
        string docs = Path.Combine(Repository(), "docs");
        string page = ResultsPage.Of(ResultsSections.All, ResultLogs.Read(Path.Combine(docs, "results")));
        Assert.Equal(page, File.ReadAllText(Path.Combine(docs, "results.md")));
    }

    [Fact]
    public void Every_log_in_the_repository_names_its_command_and_no_folder_of_a_machine()
    {
        foreach (ResultLog log in ResultLogs.Read(Path.Combine(Repository(), "docs", "results")).All)
        {
            Assert.True(log.Command.StartsWith("edgec ", StringComparison.Ordinal) || log.Command.StartsWith("python3 tests/cost/cost.py ", StringComparison.Ordinal), $"{log.Name}: {log.Command}");
            Assert.DoesNotContain(log.Command.Split(' '), Path.IsPathRooted);
            Assert.NotEmpty(log.Figures);
        }
    }

    [Fact]
    public void A_row_without_a_log_says_so_and_a_log_fills_it()
    {
        string empty = ResultsPage.Of(ResultsSections.All, new ResultLogs([]));
        Assert.Contains("| BNN, fully connected |  |  | not run | 1.40 % |", empty, StringComparison.Ordinal);
        var log = new ResultLog
        {
            Name = "mnist-mlp-bnn",
            Command = "edgec train --network mlp",
            Configuration = new(StringComparer.Ordinal) { ["width"] = "0.5", ["epochs"] = "7" },
            Figures = new(StringComparer.Ordinal) { ["runtimeTestAccuracy"] = 0.9876, ["fileBytes"] = 1000, ["floatBytes"] = 31500, ["multiplyAccumulates"] = 1234567, ["agreeingDecisions"] = 0.9993 },
        };
        string filled = ResultsPage.Of(ResultsSections.All, new ResultLogs([log]));
        Assert.Contains("| BNN, fully connected | 0.5 | 7 | 1.24 % | 1.40 % | 1,000 | 31,500 | 31.5x | 1,234,567 | 99.93 % |", filled, StringComparison.Ordinal);
        Assert.Contains("    edgec train --network mlp", filled, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_log_is_one_line_with_its_path()
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, "{ \"command\": 3 }");
            var refused = Assert.Throws<CommandException>(() => ResultLog.Read(path));
            Assert.Contains(path, refused.Message, StringComparison.Ordinal);
            Assert.Equal(ExitCode.BadData, refused.Code);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static string Repository()
    {
        DirectoryInfo? at = new(AppContext.BaseDirectory);
        while (at is not null && !File.Exists(Path.Combine(at.FullName, "EdgeRuntime.sln")))
            at = at.Parent;
        return at?.FullName ?? throw new InvalidOperationException("the tests run outside of the repository");
    }
}
