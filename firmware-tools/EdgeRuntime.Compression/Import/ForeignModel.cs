using EdgeRuntime.Compression.Import.Onnx;
using EdgeRuntime.Compression.Import.TFLite;

namespace EdgeRuntime.Compression.Import;

/// <summary>Imports a foreign model of whichever kind it is.</summary>
public static class ForeignModel
{
    private const int IdentifierOffset = 4;

    /// <summary>Imports a file: ONNX where the name ends in .onnx and the file does not say that it is TensorFlow Lite, else TensorFlow Lite.</summary>
    /// <exception cref="ImportException">The file cannot be read, is damaged, or uses something that is not supported.</exception>
    public static ImportedModel Import(string path, ImportOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        bool onnx = path.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase) && !IsTFLite(path);
        try
        {
            return onnx ? OnnxImporter.Import(path, options) : TFLiteImporter.Import(path, options);
        }
        catch (ImportException e) when (e.Error is ImportError.NotAModel or ImportError.Corrupt or ImportError.TooLarge && !e.Message.Contains(path, StringComparison.Ordinal))
        {
            // What is wrong inside a file is said without its name, which a user with many files needs.
            throw new ImportException(e.Error, $"'{path}': {e.Message}", e);
        }
    }

    /// <summary>Whether a file has the identifier of TensorFlow Lite's schema, "TFL3" after the first offset.</summary>
    private static bool IsTFLite(string path)
    {
        try
        {
            Span<byte> start = stackalloc byte[IdentifierOffset + 4];
            using FileStream file = File.OpenRead(path);
            return file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == start.Length && start[IdentifierOffset..].SequenceEqual("TFL3"u8);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ImportException(ImportError.Unreadable, $"'{path}' cannot be read: {e.Message}", e);
        }
    }
}
