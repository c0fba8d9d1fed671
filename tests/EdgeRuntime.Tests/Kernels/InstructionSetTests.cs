using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.Arm;

namespace EdgeRuntime.Tests.Kernels;

/// <summary>The instruction sets that kernels are chosen by, on each core that the tests run on.</summary>
public class InstructionSetTests
{
    // Set by tests/run-project.sh to the core that QEMU emulates.
    private static readonly string? EmulatedCore = Environment.GetEnvironmentVariable("EDGE_TEST_CORE");

    [Fact]
    public void Dot_product_is_there_on_cortex_a76_only()
    {
        bool expected = EmulatedCore switch
        {
            "cortex-a76" => true,
            "cortex-a53" or "cortex-a72" => false,
            _ when RuntimeInformation.ProcessArchitecture != Architecture.Arm64 => false,
            _ => File.ReadAllText("/proc/cpuinfo").Contains("asimddp", StringComparison.Ordinal),
        };
        Assert.Equal(expected, Dp.IsSupported);
        Assert.Equal(expected, Dp.Arm64.IsSupported);
    }

    [Fact]
    public void Neon_is_the_baseline_of_every_board()
    {
        bool arm64 = RuntimeInformation.ProcessArchitecture == Architecture.Arm64;
        Assert.Equal(arm64, AdvSimd.Arm64.IsSupported);
        Assert.Equal(EmulatedCore?.StartsWith("cortex-", StringComparison.Ordinal) ?? arm64, arm64);
    }
}
