using System.Globalization;

namespace EdgeRuntime.Daemon.Tests.Budgets;

/// <summary>
/// Resident memory of a program that QEMU's user mode runs, without QEMU's own: the emulated program's mappings lie below 2^44 (it is loaded at
/// 0x55_0000_0000 and maps upwards from there), those of the emulator above.
/// </summary>
internal static class GuestMemory
{
    private const ulong GuestEnd = 1UL << 44;

    /// <summary>Bytes of the program that are in memory now.</summary>
    /// <param name="process">Number of QEMU's process.</param>
    public static long ResidentBytes(int process)
    {
        long kilobytes = 0;
        bool guest = false;
        foreach (string line in File.ReadLines($"/proc/{process}/smaps"))
        {
            // "5500000000-550043b000 r--p …" begins a mapping, "Rss:   4140 kB" is what of it is in memory.
            int dash = line.IndexOf('-', StringComparison.Ordinal);
            if (dash > 0 && ulong.TryParse(line.AsSpan(0, dash), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong start))
                guest = start < GuestEnd;
            else if (guest && line.StartsWith("Rss:", StringComparison.Ordinal))
                kilobytes += long.Parse(line.AsSpan(4).TrimEnd("kB ").Trim(), CultureInfo.InvariantCulture);
        }

        return kilobytes * 1024;
    }
}
