using System.Globalization;
using EdgeRuntime.Compiler.Profiling;
using EdgeRuntime.Compiler.Verbs;

namespace EdgeRuntime.Compiler.Tests.Profiling;

/// <summary>What profile says where it cannot model costs. The table itself is tests/cost's.</summary>
public sealed class ProfileTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("edgec-profile-").FullName;

    [Fact]
    public void Outside_a_checkout_the_message_names_what_is_missing_and_what_to_do_instead()
    {
        CommandException e = Assert.Throws<CommandException>(() => CostModel.Find(folder));
        Assert.Equal(ExitCode.File, e.Code);
        Assert.Contains("edged bench --layers", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_the_boards_program_the_message_names_the_command_that_builds_it()
    {
        Directory.CreateDirectory(Path.Combine(folder, "tests", "cost"));
        File.WriteAllText(Path.Combine(folder, "tests", "cost", "cost.py"), "");
        Directory.CreateDirectory(Path.Combine(folder, "sub"));
        CommandException e = Assert.Throws<CommandException>(() => CostModel.Find(Path.Combine(folder, "sub")));
        Assert.Contains("publish-arm64.sh --symbols", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_table_and_the_errors_of_the_model_are_passed_on()
    {
        foreach (string file in new[] { "out/arm64-symbols/edged", "out/host/edgec", "tests/cost/cost.py" })
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(folder, file))!);
            File.WriteAllText(Path.Combine(folder, file), "");
        }

        File.WriteAllText(Path.Combine(folder, "tests/cost/cost.py"), "import sys\nif 'bad' in sys.argv[-1]:\n    sys.exit('cost: no such block')\nprint('table of', sys.argv[3], sys.argv[-1].split('/')[-1])\n");
        using var output = new StringWriter(CultureInfo.InvariantCulture);
        CostModel.Find(folder).WriteTable("some.edge", "a53", output);
        Assert.Equal("table of a53 some.edge", output.ToString().Trim());
        CommandException e = Assert.Throws<CommandException>(() => CostModel.Find(folder).WriteTable("bad.edge", "a53", output));
        Assert.Equal("cost: no such block", e.Message);
    }

    [Theory]
    [InlineData("profile none.edge", (int)ExitCode.File)]
    [InlineData("profile none.edge --core a15", (int)ExitCode.Usage)]
    public async Task Bad_arguments_end_with_their_exit_code(string commandLine, int expected)
    {
        int code = await EdgecProgram.RunAsync([ProfileVerb.Create()], commandLine.Split(' '), TextWriter.Null, TextWriter.Null);
        Assert.Equal(expected, code);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
