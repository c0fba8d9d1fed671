using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace EdgeRuntime.Kernels;

/// <summary>What kernels may ask of a core. Checked once, when kernels are chosen.</summary>
[Flags]
public enum CpuFeatures
{
    /// <summary>Portable code only.</summary>
    None = 0,

    /// <summary>arm64 NEON.</summary>
    AdvSimd = 1,

    /// <summary>arm64 dot product (sdot): Cortex-A76 and later.</summary>
    Dp = 2,

    /// <summary>An in-order arm64 core (Cortex-A53), which wants loads and arithmetic interleaved by hand.</summary>
    InOrder = 4,

    /// <summary>x64 AVX2.</summary>
    Avx2 = 8,

    /// <summary>x64 AVX-512 F, BW and VL.</summary>
    Avx512 = 16,

    /// <summary>x64 AVX-512 VPOPCNTDQ.</summary>
    Avx512Vpopcnt = 32,

    /// <summary>x64 AVX-VNNI: byte dot products of 256 bits (.NET has no AVX-512 VNNI).</summary>
    Vnni = 64,
}

/// <summary>Finds out what the core under the program can do.</summary>
public static class Cpu
{
    /// <summary>The features of this core, found once per process.</summary>
    public static CpuFeatures Features { get; } = Detect();

    private static CpuFeatures Detect()
    {
        var features = CpuFeatures.None;
        if (AdvSimd.Arm64.IsSupported)
            features |= CpuFeatures.AdvSimd;
        if (Dp.IsSupported)
            features |= CpuFeatures.Dp;
        if (Avx2.IsSupported)
            features |= CpuFeatures.Avx2;
        if (Avx512BW.VL.IsSupported)
            features |= CpuFeatures.Avx512;
        if (AvxVnni.IsSupported)
            features |= CpuFeatures.Vnni;
        return features;
    }
}
