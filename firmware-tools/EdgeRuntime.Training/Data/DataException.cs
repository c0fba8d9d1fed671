namespace EdgeRuntime.Training.Data;

/// <summary>What is wrong with a data set.</summary>
public enum DataError
{
    /// <summary>A file, a folder or a data set of that name does not exist.</summary>
    NotFound,

    /// <summary>A file is truncated, corrupt or not what it claims to be.</summary>
    Corrupt,

    /// <summary>A size or count is above the limit.</summary>
    LimitExceeded,

    /// <summary>A download failed or has the wrong checksum.</summary>
    Download,

    /// <summary>A parameter is out of its range.</summary>
    InvalidArgument,
}

/// <summary>The exception for bad data sets. The message is one line that gives the value and the limit.</summary>
public sealed class DataException : Exception
{
    /// <summary>Creates the exception.</summary>
    public DataException(DataError error, string message, Exception? inner = null)
        : base(message, inner) => Error = error;

    /// <summary>What is wrong.</summary>
    public DataError Error { get; }
}
