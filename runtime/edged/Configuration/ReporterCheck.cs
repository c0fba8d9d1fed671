namespace EdgeRuntime.Daemon;

/// <summary>Checks reporters: which keys each kind has, needs and allows.</summary>
internal static class ReporterCheck
{
    private const int MaxMilliseconds = 3_600_000;
    private const int MaxPin = 1023;

    /// <summary>Refuses keys of other kinds, missing keys and impossible values.</summary>
    /// <param name="reporter">The reporter.</param>
    /// <param name="at">Its JSON path.</param>
    /// <param name="check">Where problems are told.</param>
    public static void Check(ReporterConfig reporter, string at, ConfigCheck check)
    {
        string[] allowed = KeysOf(reporter.Kind);
        foreach ((string key, object? value) in Values(reporter))
        {
            if (value is not null && !allowed.Contains(key))
                throw check.Wrong($"{at}.{key}", $"'{key}' is no key of a {Name(reporter.Kind)} reporter; those are kind, {string.Join(", ", allowed)}");
        }

        if (reporter.Kind is ReporterKind.File or ReporterKind.Socket && string.IsNullOrEmpty(reporter.Path))
            throw check.Wrong(at, $"a {Name(reporter.Kind)} reporter needs a path");
        check.Range($"{at}.queue", reporter.Queue ?? 1, 1, 1000);
        check.Range($"{at}.maximumBytes", reporter.MaximumBytes ?? 4096, 4096, long.MaxValue);
        check.Range($"{at}.baudRate", reporter.BaudRate ?? 9600, 50, 4_000_000);
        check.Range($"{at}.pulseMilliseconds", reporter.PulseMilliseconds ?? 1, 1, MaxMilliseconds);
        check.Range($"{at}.minimumMilliseconds", reporter.MinimumMilliseconds ?? 0, 0, MaxMilliseconds);
        check.Range($"{at}.heartbeatMilliseconds", reporter.HeartbeatMilliseconds ?? 0, reporter.Kind == ReporterKind.Gpio && reporter.HeartbeatMilliseconds is not null ? 10 : 0, MaxMilliseconds);
        if (reporter.Kind == ReporterKind.Gpio)
            CheckPins(reporter, at, check);
    }

    private static void CheckPins(ReporterConfig reporter, string at, ConfigCheck check)
    {
        if (reporter.Pins is null && reporter.BinaryPins is null && reporter.HeartbeatPin is null)
            throw check.Wrong(at, "a gpio reporter needs pins, binaryPins or heartbeatPin");
        if (reporter.Pins is not null && reporter.BinaryPins is not null)
            throw check.Wrong($"{at}.binaryPins", "pins and binaryPins exclude each other; use two reporters on different pins");
        if (reporter.Show == PinShow.Pulse && reporter.PulseMilliseconds is null)
            throw check.Wrong($"{at}.show", "pulses need pulseMilliseconds");
        if (reporter.Show != PinShow.Pulse && reporter.PulseMilliseconds is not null)
            throw check.Wrong($"{at}.pulseMilliseconds", "pulseMilliseconds needs \"show\": \"pulse\"");

        foreach ((string label, int pin) in reporter.Pins ?? new Dictionary<string, int>())
            check.Range($"{at}.pins.{label}", pin, 0, MaxPin);
        int[] binary = [.. reporter.BinaryPins ?? []];
        if (reporter.BinaryPins is not null)
            check.Range($"{at}.binaryPins", binary.Length, 1, 16);
        for (int i = 0; i < binary.Length; i++)
        {
            check.Range($"{at}.binaryPins[{i}]", binary[i], 0, MaxPin);
            if (Array.IndexOf(binary, binary[i]) != i)
                throw check.Wrong($"{at}.binaryPins[{i}]", $"pin {binary[i]} is named twice");
        }

        int distinct = reporter.Pins is { } pins ? pins.Values.Distinct().Count() : binary.Length;
        if (distinct > PinStates.MaxPins)
            throw check.Wrong($"{at}.pins", $"there are {distinct} pins; the limit is {PinStates.MaxPins}");
        if (reporter.HeartbeatPin is { } beat)
        {
            check.Range($"{at}.heartbeatPin", beat, 0, MaxPin);
            if (binary.Contains(beat) || (reporter.Pins?.Values.Contains(beat) ?? false))
                throw check.Wrong($"{at}.heartbeatPin", $"pin {beat} is named twice");
        }
    }

    private static string[] KeysOf(ReporterKind kind) => kind switch
    {
        ReporterKind.Console => ["report", "queue"],
        ReporterKind.File => ["path", "report", "queue", "maximumBytes"],
        ReporterKind.Socket => ["path", "report", "queue"],
        ReporterKind.Serial => ["path", "report", "queue", "baudRate", "protocol", "heartbeatMilliseconds"],
        _ => ["chip", "pins", "binaryPins", "show", "pulseMilliseconds", "minimumMilliseconds", "activeLow", "heartbeatPin", "heartbeatMilliseconds"],
    };

    private static IEnumerable<(string Key, object? Value)> Values(ReporterConfig r) =>
    [
        ("path", r.Path), ("report", r.Report), ("queue", r.Queue), ("maximumBytes", r.MaximumBytes), ("baudRate", r.BaudRate), ("protocol", r.Protocol),
        ("chip", r.Chip), ("pins", r.Pins), ("binaryPins", r.BinaryPins), ("show", r.Show), ("pulseMilliseconds", r.PulseMilliseconds),
        ("minimumMilliseconds", r.MinimumMilliseconds), ("activeLow", r.ActiveLow), ("heartbeatPin", r.HeartbeatPin), ("heartbeatMilliseconds", r.HeartbeatMilliseconds),
    ];

    private static string Name(ReporterKind kind) => kind.ToString().ToLowerInvariant();
}
