using System.Text;

namespace EdgeRuntime.Model.Format;

/// <summary>The strings of a file that is read.</summary>
internal sealed class StringTable
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    private readonly string[] strings;

    public StringTable(ReadOnlySpan<byte> content)
    {
        var reader = new SectionReader(SectionKind.Strings, content);
        strings = new string[reader.Count("strings", EdgeFile.MaxStrings, 4)];
        for (int i = 0; i < strings.Length; i++)
        {
            int length = reader.Count("bytes in a string", EdgeFile.MaxStringBytes, 1);
            ReadOnlySpan<byte> bytes = reader.Take((length + 3L) & ~3L);
            if (bytes[length..].ContainsAnyExcept((byte)0))
                throw reader.Wrong($"string {i} has padding that is not 0");
            try
            {
                strings[i] = Strict.GetString(bytes[..length]);
            }
            catch (DecoderFallbackException)
            {
                throw reader.Wrong($"string {i} is not valid UTF-8");
            }

            if (FindControl(strings[i]) is { } c)
                throw reader.Wrong($"string {i} holds the control character U+{(int)c:X4}");
        }

        reader.Finish();
    }

    /// <summary>The name whose index is next in a section: a string of one line.</summary>
    public string NextName(ref SectionReader reader, string what)
    {
        string name = NextText(ref reader, what);
        if (name.AsSpan().ContainsAny('\t', '\n'))
            throw reader.Wrong($"{what} holds a tab or line feed");
        return name;
    }

    /// <summary>The string whose index is next in a section.</summary>
    public string NextText(ref SectionReader reader, string what)
    {
        uint index = reader.U32();
        if (index >= strings.Length)
            throw reader.Wrong($"{what} is string {index}; there are {strings.Length}");
        return strings[index];
    }

    /// <summary>The first character that may not stand in a file's strings, or null.</summary>
    public static char? FindControl(string text)
    {
        foreach (char c in text)
        {
            if (char.IsControl(c) && c is not ('\t' or '\n'))
                return c;
        }

        return null;
    }
}

/// <summary>Collects the strings of a file that is written: each text once, in order of first use.</summary>
internal sealed class StringCollector
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    private readonly Dictionary<string, uint> indices = new(StringComparer.Ordinal);
    private readonly List<byte[]> strings = [];

    public uint AddName(string name)
    {
        if (name.AsSpan().ContainsAny('\t', '\n'))
            throw new EdgeModelException(ModelError.Unsupported, $"the name '{name.ReplaceLineEndings(" ").Replace('\t', ' ')}' holds a tab or line feed, which .edge files allow in longer texts only");
        return AddText(name);
    }

    public uint AddText(string text)
    {
        if (indices.TryGetValue(text, out uint index))
            return index;
        if (StringTable.FindControl(text) is { } c)
            throw new EdgeModelException(ModelError.Unsupported, $"a name or text of the model holds the control character U+{(int)c:X4}, which .edge files cannot hold");
        byte[] bytes;
        try
        {
            bytes = Strict.GetBytes(text);
        }
        catch (EncoderFallbackException e)
        {
            throw new EdgeModelException(ModelError.Unsupported, "a name or text of the model has an unpaired surrogate, which .edge files cannot hold", e);
        }

        if (bytes.Length > EdgeFile.MaxStringBytes)
            throw new EdgeModelException(ModelError.TooLarge, $"a text of the model has {bytes.Length} bytes; the limit is {EdgeFile.MaxStringBytes}");
        if (strings.Count == EdgeFile.MaxStrings)
            throw new EdgeModelException(ModelError.TooLarge, $"the model has more than {EdgeFile.MaxStrings} names and texts");
        index = (uint)strings.Count;
        strings.Add(bytes);
        indices.Add(text, index);
        return index;
    }

    public ReadOnlyMemory<byte> ToSection()
    {
        var writer = new SectionWriter();
        writer.U32((uint)strings.Count);
        foreach (byte[] bytes in strings)
        {
            writer.U32((uint)bytes.Length);
            writer.Bytes(bytes);
            writer.Pad(4);
        }

        return writer.Content;
    }
}
