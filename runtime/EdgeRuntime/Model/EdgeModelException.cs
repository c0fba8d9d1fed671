namespace EdgeRuntime.Model;

/// <summary>What is wrong with a model; the number is stable and tells programs what the message tells people.</summary>
public enum ModelError
{
    /// <summary>The file cannot be opened, read or written.</summary>
    Unreadable = 1,

    /// <summary>The file is not an .edge file, or of a version this runtime does not know.</summary>
    NotAModel = 2,

    /// <summary>The file is truncated or damaged: a checksum, length, offset, count or index is wrong.</summary>
    Corrupt = 3,

    /// <summary>A size exceeds a limit of the runtime.</summary>
    TooLarge = 4,

    /// <summary>A tensor's shape is impossible, or does not fit the operator that uses it.</summary>
    BadShape = 5,

    /// <summary>A tensor's type or quantization does not fit the operator that uses it.</summary>
    BadType = 6,

    /// <summary>The graph has a cycle, a tensor that nobody writes, or one that is written twice.</summary>
    BadGraph = 7,

    /// <summary>An operator or an option is valid but has no kernel here.</summary>
    Unsupported = 8,
}

/// <summary>A model that cannot be loaded or prepared. The message is one line that gives the value and the limit.</summary>
public sealed class EdgeModelException : Exception
{
    /// <summary>An error with its kind and a one-line message.</summary>
    public EdgeModelException(ModelError error, string message, Exception? inner = null)
        : base(message, inner) => Error = error;

    /// <summary>The kind of error.</summary>
    public ModelError Error { get; }
}
