using EdgeRuntime.Model;

namespace EdgeRuntime.Compression.Import;

/// <summary>A text file with the name of one class a line, in order of the scores; blank lines at the end do not count.</summary>
public static class LabelFile
{
    /// <summary>Largest file that is read.</summary>
    public const int MaxBytes = 1 << 20;

    /// <summary>Reads a file.</summary>
    /// <exception cref="ImportException">The file cannot be read, is too large, has no line or a blank one in the middle.</exception>
    public static IReadOnlyList<string> Read(string path)
    {
        try
        {
            long length = new FileInfo(path).Length;
            if (length > MaxBytes)
                throw new ImportException(ImportError.TooLarge, $"the label file '{path}' has {length} bytes; the limit is {MaxBytes}");
            List<string> lines = [.. File.ReadAllLines(path).Select(l => l.Trim())];
            while (lines.Count > 0 && lines[^1].Length == 0)
                lines.RemoveAt(lines.Count - 1);
            if (lines.Count == 0)
                throw new ImportException(ImportError.BadOptions, $"the label file '{path}' is empty");
            int blank = lines.IndexOf("");
            if (blank >= 0)
                throw new ImportException(ImportError.BadOptions, $"line {blank + 1} of the label file '{path}' is blank");
            return lines;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ImportException(ImportError.Unreadable, $"the label file '{path}' cannot be read: {e.Message}", e);
        }
    }

    /// <summary>The labels, or none; they must be as many as the network has scores.</summary>
    internal static IReadOnlyList<string> Checked(Graph graph, IReadOnlyList<string>? labels)
    {
        TensorInfo output = graph.Tensors[graph.Outputs[0]];
        if (labels is not null && output.Shape.ElementCount != labels.Count)
            throw new ImportException(ImportError.BadOptions, $"{labels.Count} labels for the output '{output.Name}', which has {output.Shape.ElementCount} scores");
        return labels ?? [];
    }
}
