namespace EdgeRuntime.Compression;

/// <summary>A compression that cannot be done as asked. The message is one line that gives the value and the limit.</summary>
public sealed class CompressionException : Exception
{
    /// <summary>An error with a one-line message.</summary>
    public CompressionException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
