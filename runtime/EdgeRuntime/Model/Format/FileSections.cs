using System.Buffers.Binary;

namespace EdgeRuntime.Model.Format;

/// <summary>The sections of an .edge file, after its header, section table, checksums and padding were checked.</summary>
internal sealed class FileSections
{
    private readonly Dictionary<SectionKind, ReadOnlyMemory<byte>> sections = [];

    public FileSections(ReadOnlyMemory<byte> file)
    {
        ReadOnlySpan<byte> bytes = file.Span;
        int count = CheckHeader(bytes);
        long end = EdgeFile.Align(EdgeFile.HeaderLength + ((long)count * EdgeFile.TableEntryLength));
        if (end > bytes.Length)
            throw Corrupt($"a table of {count} sections ends at byte {end}, but the file has {bytes.Length}");
        ReadOnlySpan<byte> table = bytes[EdgeFile.HeaderLength..(int)end];
        CheckSum("the section table", table, BinaryPrimitives.ReadUInt32LittleEndian(bytes[24..]));
        CheckZero("the section table", table[(count * EdgeFile.TableEntryLength)..]);

        for (int i = 0; i < count; i++)
            end = AddSection(file, table.Slice(i * EdgeFile.TableEntryLength, EdgeFile.TableEntryLength), end);
        if (end != bytes.Length)
            throw Corrupt($"the sections end at byte {end}, but the file has {bytes.Length}");
    }

    /// <summary>The content of a section; empty if the file has none of that kind.</summary>
    public ReadOnlyMemory<byte> this[SectionKind kind] => sections.GetValueOrDefault(kind);

    public bool Has(SectionKind kind) => sections.ContainsKey(kind);

    public ReadOnlyMemory<byte> Needed(SectionKind kind) =>
        sections.TryGetValue(kind, out ReadOnlyMemory<byte> content) ? content : throw Corrupt($"the file has no section {kind}");

    private static int CheckHeader(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < EdgeFile.Magic.Length || !bytes.StartsWith(EdgeFile.Magic))
            throw new EdgeModelException(ModelError.NotAModel, $"this is no .edge file: it has {bytes.Length} bytes and begins with {Convert.ToHexString(bytes[..Math.Min(8, bytes.Length)])}, not with {Convert.ToHexString(EdgeFile.Magic)}");
        if (bytes.Length < EdgeFile.HeaderLength)
            throw Corrupt($"the file has {bytes.Length} bytes; the header alone has {EdgeFile.HeaderLength}");
        ushort major = BinaryPrimitives.ReadUInt16LittleEndian(bytes[8..]);
        if (major != EdgeFile.MajorVersion)
            throw new EdgeModelException(ModelError.NotAModel, $"the file has format version {major}.{BinaryPrimitives.ReadUInt16LittleEndian(bytes[10..])}; this runtime reads {EdgeFile.MajorVersion}.x");
        CheckSum("the header", bytes[..28], BinaryPrimitives.ReadUInt32LittleEndian(bytes[28..]));
        CheckZero("the header", bytes[32..EdgeFile.HeaderLength]);

        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]);
        if (length != (ulong)bytes.Length)
            throw Corrupt($"the file has {bytes.Length} bytes, but its header says {length}");
        uint count = BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]);
        if (count is 0 or > EdgeFile.MaxSections)
            throw Corrupt($"the file has {count} sections; it must have 1 to {EdgeFile.MaxSections}");
        return (int)count;
    }

    private static void CheckSum(string part, ReadOnlySpan<byte> bytes, uint stored)
    {
        uint computed = Crc32C.Compute(bytes);
        if (computed != stored)
            throw Corrupt($"the checksum of {part} is {computed:X8}, but {stored:X8} is stored");
    }

    private static void CheckZero(string part, ReadOnlySpan<byte> padding)
    {
        int at = padding.IndexOfAnyExcept((byte)0);
        if (at >= 0)
            throw Corrupt($"a padding byte of {part} is {padding[at]}; it must be 0");
    }

    private static EdgeModelException Corrupt(string message) => new(ModelError.Corrupt, message);

    /// <summary>Checks a section against its entry of the table, and returns where the next one begins.</summary>
    private long AddSection(ReadOnlyMemory<byte> file, ReadOnlySpan<byte> entry, long expectedOffset)
    {
        uint kind = BinaryPrimitives.ReadUInt32LittleEndian(entry);
        uint flags = BinaryPrimitives.ReadUInt32LittleEndian(entry[4..]);
        ulong offset = BinaryPrimitives.ReadUInt64LittleEndian(entry[8..]);
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(entry[16..]);
        string name = $"section {(SectionKind)kind}";
        if (offset != (ulong)expectedOffset)
            throw Corrupt($"{name} begins at byte {offset}; it must begin at {expectedOffset}");
        if (length > (ulong)(file.Length - expectedOffset))
            throw Corrupt($"{name} at byte {offset} has {length} bytes, but {file.Length - expectedOffset} are left");
        CheckZero("the section table", entry[28..]);

        long contentEnd = expectedOffset + (long)length;
        long end = EdgeFile.Align(contentEnd);
        if (end > file.Length)
            throw Corrupt($"{name} with its padding ends at byte {end}, but the file has {file.Length}");
        ReadOnlyMemory<byte> content = file[(int)expectedOffset..(int)contentEnd];
        CheckSum(name, content.Span, BinaryPrimitives.ReadUInt32LittleEndian(entry[24..]));
        CheckZero(name, file.Span[(int)contentEnd..(int)end]);

        bool known = Enum.IsDefined((SectionKind)kind);
        if (flags > EdgeFile.MayBeIgnored || (known && flags != 0))
            throw Corrupt($"{name} has flags {flags:X}");
        if (!known && flags == 0)
            throw new EdgeModelException(ModelError.Unsupported, $"section kind {kind} is not known to this runtime and must not be ignored");
        if (known && !sections.TryAdd((SectionKind)kind, content))
            throw Corrupt($"{name} occurs twice");
        return end;
    }
}
