using System.Diagnostics;
using System.Runtime.InteropServices;
using EdgeRuntime.Kernels;

namespace EdgeRuntime.Tests.Kernels;

/// <summary>The kernel tests once more in a process without some of the PC's instruction sets: other kernels are chosen, and the JIT encodes the same kernels differently.</summary>
public class SwitchedOffInstructionSetTests
{
    /// <summary>Names the features that the parent process switched off.</summary>
    private const string Variable = "EDGE_TEST_WITHOUT";

    [Theory]
    [Trait("Category", "Host")]
    [InlineData("Avx512, Avx512Vpopcnt", "DOTNET_EnableAVX512=0 DOTNET_EnableAVX512F=0")]
    [InlineData("Avx512, Avx512Vpopcnt, Vnni", "DOTNET_EnableAVX512=0 DOTNET_EnableAVX512F=0 DOTNET_EnableAVXVNNI=0")]
    [InlineData("Avx2, Avx512, Avx512Vpopcnt, Vnni", "DOTNET_EnableAVX2=0")]
    public void Kernels_equal_the_reference_without(string features, string settings)
    {
        if (RuntimeInformation.ProcessArchitecture != Architecture.X64)
            return; // the boards' cores have no sets to switch off
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, RedirectStandardInput = true };
        foreach (string word in new[] { "--no-ansi", "--progress", "off", "--filter-class", typeof(Cases.KernelTableTests).FullName!, "--filter-class", GetType().FullName!, "--filter-not-trait", "Category=Host" })
            start.ArgumentList.Add(word);
        foreach (string setting in settings.Split(' '))
            start.Environment[setting.Split('=')[0]] = setting.Split('=')[1];
        start.Environment[Variable] = features;
        using Process child = Process.Start(start)!;
        child.StandardInput.Close();
        string output = child.StandardOutput.ReadToEnd();
        child.WaitForExit();
        Assert.True(child.ExitCode == 0, output);
    }

    [Fact]
    public void Features_that_are_switched_off_are_not_used()
    {
        CpuFeatures off = Enum.TryParse(Environment.GetEnvironmentVariable(Variable), out CpuFeatures features) ? features : CpuFeatures.None;
        Assert.Equal(CpuFeatures.None, Cpu.Features & off);
    }
}
