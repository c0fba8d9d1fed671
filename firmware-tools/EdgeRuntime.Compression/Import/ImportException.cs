using EdgeRuntime.Model;

namespace EdgeRuntime.Compression.Import;

/// <summary>Why a foreign model file was refused.</summary>
public enum ImportError
{
    /// <summary>The file cannot be opened or read.</summary>
    Unreadable = 1,

    /// <summary>The file is not of the expected kind or version.</summary>
    NotAModel = 2,

    /// <summary>The file is truncated or damaged: an offset, length, index, shape or value in it is impossible.</summary>
    Corrupt = 3,

    /// <summary>A size exceeds a limit of the importer.</summary>
    TooLarge = 4,

    /// <summary>The file is sound, but uses something that has no counterpart here; <see cref="ImportException.Problems"/> lists all of it.</summary>
    Unsupported = 5,

    /// <summary>What was asked for (labels, preprocessing) does not fit the model.</summary>
    BadOptions = 6,
}

/// <summary>A foreign model file that cannot be imported. The message is one line that gives the value and the limit.</summary>
public sealed class ImportException : Exception
{
    /// <summary>An error with its kind and a one-line message.</summary>
    public ImportException(ImportError error, string message, Exception? inner = null)
        : base(message, inner) => Error = error;

    /// <summary>Everything in a file that is not supported, one line each.</summary>
    public ImportException(IReadOnlyList<string> problems)
        : base($"the model uses {problems.Count} {(problems.Count == 1 ? "thing that is" : "things that are")} not supported: {string.Join("; ", problems)}")
    {
        Error = ImportError.Unsupported;
        Problems = problems;
    }

    /// <summary>The kind of error.</summary>
    public ImportError Error { get; }

    /// <summary>For <see cref="ImportError.Unsupported"/>: each operator, option or type that is not supported, with the tensors concerned.</summary>
    public IReadOnlyList<string> Problems { get; } = [];

    /// <summary>What the runtime says about a graph that was read from a foreign file.</summary>
    internal static ImportException Of(EdgeModelException e) => new(
        e.Error switch
        {
            ModelError.TooLarge => ImportError.TooLarge,
            ModelError.Unsupported => ImportError.Unsupported,
            _ => ImportError.Corrupt,
        },
        e.Message,
        e);
}
