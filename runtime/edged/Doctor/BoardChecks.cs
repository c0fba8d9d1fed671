using System.Globalization;

namespace EdgeRuntime.Daemon;

/// <summary>Checks of the board itself: clock, temperature, throttling, memory. What does not exist here is left out.</summary>
/// <param name="root">The root folder; tests give another one than "/".</param>
internal sealed class BoardChecks(string root)
{
    // From about 80 degrees on every model of the Raspberry Pi slows down.
    private const double WarmDegrees = 70, HotDegrees = 80;

    /// <summary>Time before which no clock can be right: this program did not exist.</summary>
    private static readonly DateTimeOffset Oldest = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);

    // Bits of the firmware's get_throttled.
    private static readonly (int Bit, string Text)[] ThrottleBits =
    [
        (0, "under-voltage now"), (1, "clock capped now"), (2, "throttled now"), (3, "temperature limit now"),
        (16, "under-voltage since start"), (17, "clock capped since start"), (18, "throttled since start"), (19, "temperature limit since start"),
    ];

    /// <summary>All checks.</summary>
    public IEnumerable<Finding> Run(DateTimeOffset now)
    {
        if (Text("proc/device-tree/model") is { } model)
            yield return new Finding(FindingState.Good, "board", model.TrimEnd('\0'));
        yield return Clock(now);
        if (Number("sys/class/thermal/thermal_zone0/temp") is { } milliDegrees)
            yield return Temperature(milliDegrees / 1000);
        if (Text("sys/devices/platform/soc/soc:firmware/get_throttled") is { } throttled)
            yield return Throttling(throttled);
        if (Memory() is { } memory)
            yield return memory;
    }

    private Finding Clock(DateTimeOffset now)
    {
        string time = now.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
        if (now < Oldest)
            return new Finding(FindingState.Bad, "clock", $"it is {time} UTC here", "set the clock: a Raspberry Pi has none that survives without power; timedatectl set-ntp true, or fit a battery-backed clock");
        return File.Exists(Path.Combine(root, "run/systemd/timesync/synchronized"))
            ? new Finding(FindingState.Good, "clock", $"{time} UTC, synchronised")
            : new Finding(FindingState.Note, "clock", $"{time} UTC, not synchronised with the network", "only the times in reports depend on it");
    }

    private static Finding Temperature(double degrees)
    {
        string text = string.Create(CultureInfo.InvariantCulture, $"{degrees:0.0} degrees Celsius");
        return degrees >= HotDegrees ? new Finding(FindingState.Bad, "temperature", text, "the processor slows down at this temperature: give it air or a heat sink")
            : degrees >= WarmDegrees ? new Finding(FindingState.Note, "temperature", text, "it slows down from 80 degrees on")
            : new Finding(FindingState.Good, "temperature", text);
    }

    private static Finding Throttling(string text)
    {
        if (!int.TryParse(text.Trim().Replace("0x", "", StringComparison.Ordinal), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out int bits))
            return new Finding(FindingState.Note, "throttling", $"the firmware answers '{text.Trim()}', which is not understood");
        string[] found = [.. ThrottleBits.Where(b => (bits & (1 << b.Bit)) != 0).Select(b => b.Text)];
        if (found.Length == 0)
            return new Finding(FindingState.Good, "throttling", "none");
        bool current = (bits & 0xf) != 0;
        return new Finding(current ? FindingState.Bad : FindingState.Note, "throttling", string.Join(", ", found), "use a stronger power supply and a short cable; keep it cool");
    }

    private Finding? Memory()
    {
        string? line = Text("proc/meminfo")?.Split('\n').FirstOrDefault(l => l.StartsWith("MemAvailable:", StringComparison.Ordinal));
        if (line is null || !long.TryParse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture, out long kilobytes))
            return null;
        return kilobytes >= 64 * 1024
            ? new Finding(FindingState.Good, "memory", $"{kilobytes / 1024} MB available")
            : new Finding(FindingState.Bad, "memory", $"{kilobytes / 1024} MB available", "end other programs: edged needs about 40 MB besides the model");
    }

    private double? Number(string path) => double.TryParse(Text(path), CultureInfo.InvariantCulture, out double value) ? value : null;

    private string? Text(string path)
    {
        try
        {
            return File.ReadAllText(Path.Combine(root, path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
