namespace EdgeRuntime.Daemon;

/// <summary>Kinds of reporters.</summary>
internal enum ReporterKind
{
    /// <summary>JSON lines on standard output.</summary>
    Console,

    /// <summary>JSON lines appended to a file.</summary>
    File,

    /// <summary>JSON lines to every program that is connected to a Unix socket.</summary>
    Socket,

    /// <summary>Messages on a serial port.</summary>
    Serial,

    /// <summary>Output pins.</summary>
    Gpio,
}

/// <summary>Which predictions a reporter takes.</summary>
internal enum ReportWhen
{
    /// <summary>All.</summary>
    Frames,

    /// <summary>Those that change the decision.</summary>
    Changes,
}

/// <summary>What pins show.</summary>
internal enum PinShow
{
    /// <summary>A pin is active while its label is decided.</summary>
    Level,

    /// <summary>A pin is active for a time after its label was decided.</summary>
    Pulse,
}

/// <summary>How predictions are coded on a serial port (docs/serial-protocol.md).</summary>
internal enum SerialProtocol
{
    /// <summary>Lines of text.</summary>
    Lines,

    /// <summary>Messages of 16 bytes.</summary>
    Binary,
}

/// <summary>A reporter. Keys are null where the file leaves them out; which ones a kind has, ReporterCheck knows.</summary>
internal sealed record ReporterConfig
{
    /// <summary>Which reporter.</summary>
    public required ReporterKind Kind { get; init; }

    /// <summary>The file, socket or port.</summary>
    public string? Path { get; set; }

    /// <summary>Which predictions are reported.</summary>
    public ReportWhen? Report { get; set; }

    /// <summary>Predictions that may wait for a slow device; the newest win.</summary>
    public int? Queue { get; set; }

    /// <summary>Size at which a file is renamed to .1 and begun again; no limit unless given.</summary>
    public long? MaximumBytes { get; set; }

    /// <summary>Bits a second of a serial port.</summary>
    public int? BaudRate { get; set; }

    /// <summary>Coding on a serial port.</summary>
    public SerialProtocol? Protocol { get; set; }

    /// <summary>The GPIO chip: its label, its name, or its number.</summary>
    public string? Chip { get; set; }

    /// <summary>The pin (line of the chip) of each label.</summary>
    public IReadOnlyDictionary<string, int>? Pins { get; set; }

    /// <summary>Pins, lowest bit first, that show the decided label's index plus 1 as a binary number; 0 is no decision.</summary>
    public IReadOnlyList<int>? BinaryPins { get; set; }

    /// <summary>What pins show.</summary>
    public PinShow? Show { get; set; }

    /// <summary>Length of a pulse.</summary>
    public int? PulseMilliseconds { get; set; }

    /// <summary>Least time that a pin stays active, or that a binary number stays.</summary>
    public int? MinimumMilliseconds { get; set; }

    /// <summary>Whether active pins are low.</summary>
    public bool? ActiveLow { get; set; }

    /// <summary>A pin that changes its level as long as frames are recognised.</summary>
    public int? HeartbeatPin { get; set; }

    /// <summary>Time between changes of the heartbeat pin, or after which a quiet serial port repeats the decision.</summary>
    public int? HeartbeatMilliseconds { get; set; }
}
