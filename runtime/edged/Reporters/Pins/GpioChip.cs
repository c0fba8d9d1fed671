using System.Device.Gpio;
using System.Device.Gpio.Drivers;

namespace EdgeRuntime.Daemon;

/// <summary>Output lines of a GPIO chip, for one reporter.</summary>
internal interface IPins : IDisposable
{
    /// <summary>Drives a line.</summary>
    /// <param name="index">Index in the list of lines that was opened.</param>
    /// <param name="active">Whether it is to be active; whether that is high, the configuration says.</param>
    /// <exception cref="IOException">The line cannot be driven.</exception>
    void Write(int index, bool active);
}

/// <summary>Lines of a chip of the system, through libgpiod. All are inactive after opening and before closing.</summary>
internal sealed class GpioChip : IPins
{
    // Raspberry Pi 5, 4, and the earlier ones: the chip behind the 40 pins, whichever number the kernel gave it.
    private static readonly string[] HeaderLabels = ["pinctrl-rp1", "pinctrl-bcm2711", "pinctrl-bcm2835"];

    private readonly GpioController controller;
    private readonly int[] lines;
    private readonly bool activeLow;

    /// <param name="chip">Label, name or number of the chip; null for that of the Raspberry Pi's header, or the only one there is.</param>
    /// <param name="lines">Lines to drive.</param>
    /// <param name="activeLow">Whether active lines are low.</param>
    /// <exception cref="IOException">There is no such chip or line, or it is in use.</exception>
    public GpioChip(string? chip, int[] lines, bool activeLow)
    {
        this.lines = lines;
        this.activeLow = activeLow;
        GpioChipInfo info = Find(chip);
        controller = Attempt($"open {info.Name}", () => new GpioController(DriverOf(info)));
        try
        {
            foreach (int line in lines)
            {
                if (line >= info.NumLines)
                    throw new IOException($"{info.Name} ({info.Label}) has lines 0 to {info.NumLines - 1}; there is no line {line}");
                Attempt($"drive line {line} of {info.Name} ({info.Label}); is it in use by another program?", () => controller.OpenPin(line, PinMode.Output, Level(false)));
            }
        }
        catch
        {
            controller.Dispose();
            throw;
        }
    }

    /// <summary>The chips of the system.</summary>
    /// <exception cref="IOException">libgpiod is missing, or no chip may be opened.</exception>
    public static IReadOnlyList<GpioChipInfo> List() => Attempt("list the GPIO chips", () => Version2 ? LibGpiodV2Chips() : (IReadOnlyList<GpioChipInfo>)[.. LibGpiodDriver.GetAvailableChips()]);

    public void Write(int index, bool active) => controller.Write(lines[index], Level(active));

    public void Dispose()
    {
        foreach (int line in lines)
        {
            if (controller.IsPinOpen(line))
                controller.Write(line, Level(false));
        }

        controller.Dispose();
    }

    /// <summary>Finds a chip among those of the system.</summary>
    internal static GpioChipInfo Choose(IReadOnlyList<GpioChipInfo> chips, string? wanted)
    {
        string there = chips.Count == 0 ? "there is none, or this user may not open it (group gpio)" : $"there are {string.Join(", ", chips.Select(c => $"{c.Name} ({c.Label})"))}";
        if (wanted is not null)
        {
            return chips.FirstOrDefault(c => c.Label == wanted || c.Name == wanted || c.Id.ToString(System.Globalization.CultureInfo.InvariantCulture) == wanted)
                ?? throw new IOException($"there is no GPIO chip '{wanted}'; {there}");
        }

        return HeaderLabels.Select(l => chips.FirstOrDefault(c => c.Label == l)).FirstOrDefault(c => c is not null)
            ?? (chips.Count == 1 ? chips[0] : throw new IOException($"which GPIO chip is meant? Name it by its label; {there}"));
    }

    private static GpioChipInfo Find(string? wanted) => Choose(List(), wanted);

    private PinValue Level(bool active) => active != activeLow ? PinValue.High : PinValue.Low;

    // Debian 13 has the second generation of libgpiod only, Debian 12 the first.
    private static bool Version2 => LibGpiodLibrary.HasVersion2;

    private static GpioDriver DriverOf(GpioChipInfo chip) => Version2 ? new LibGpiodV2Driver(chip.Id) : new LibGpiodDriver(chip.Id);

    private static GpioChipInfo[] LibGpiodV2Chips() => [.. LibGpiodV2Driver.GetAvailableChips()];

    private static void Attempt(string what, Action action) => Attempt(what, () =>
    {
        action();
        return true;
    });

    // The library throws what its authors found fitting, down to plain exceptions; all of them mean that the device does not work.
    private static T Attempt<T>(string what, Func<T> action)
    {
        try
        {
            return action();
        }
#pragma warning disable CA1031 // converted
        catch (Exception e) when (e is not OutOfMemoryException)
#pragma warning restore CA1031
        {
            throw new IOException($"cannot {what}: {e.Message}", e);
        }
    }
}
