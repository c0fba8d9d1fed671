using System.Buffers.Binary;
using System.Text;

namespace LibTorchCompat;

/// <summary>A version that a library asks of another one, and where its flags stand in the file.</summary>
/// <param name="Library">Name of the library that must define the version.</param>
/// <param name="Version">Name of the version, such as <c>GLIBCXX_3.4.32</c>.</param>
/// <param name="Index">Number by which the symbol version table refers to it.</param>
/// <param name="FlagsOffset">Offset of the 16-bit <c>vna_flags</c> in the file.</param>
internal readonly record struct NeededVersion(string Library, string Version, ushort Index, int FlagsOffset);

/// <summary>The symbol version tables of a 64-bit little-endian ELF library (System V ABI; LSB core, chapter 10.7).</summary>
internal sealed class ElfLibrary
{
    private const uint SectionDynamicSymbols = 11;
    private const uint SectionVersionDefinitions = 0x6ffffffd;
    private const uint SectionVersionNeeds = 0x6ffffffe;
    private const uint SectionSymbolVersions = 0x6fffffff;
    private const int SymbolSize = 24;

    private readonly byte[] bytes;
    private readonly List<Section> sections = [];

    private readonly record struct Section(uint Type, long Offset, long Size, int Link, int Info);

    public ElfLibrary(byte[] bytes)
    {
        this.bytes = bytes;
        if (bytes.Length < 64 || !bytes.AsSpan(0, 4).SequenceEqual("\u007fELF"u8))
            throw new ElfFormatException("not an ELF file");
        if (bytes[4] != 2 || bytes[5] != 1)
            throw new ElfFormatException($"ELF class {bytes[4]}, data {bytes[5]}: only class 2 (64-bit), data 1 (little-endian) is handled");

        var table = (long)BinaryPrimitives.ReadUInt64LittleEndian(Range(0x28, 8));
        int entrySize = UInt16(0x3a), count = UInt16(0x3c);
        for (var i = 0; i < count; i++)
        {
            var header = Range(table + (long)i * entrySize, 64);
            sections.Add(new Section(
                BinaryPrimitives.ReadUInt32LittleEndian(header[4..]),
                BinaryPrimitives.ReadInt64LittleEndian(header[24..]),
                BinaryPrimitives.ReadInt64LittleEndian(header[32..]),
                BinaryPrimitives.ReadInt32LittleEndian(header[40..]),
                BinaryPrimitives.ReadInt32LittleEndian(header[44..])));
        }
    }

    /// <summary>Every version that the library asks of others (section <c>.gnu.version_r</c>).</summary>
    public List<NeededVersion> NeededVersions()
    {
        var needed = new List<NeededVersion>();
        foreach (var section in sections.Where(s => s.Type == SectionVersionNeeds))
        {
            var file = section.Offset;
            for (var i = 0; i < section.Info; i++)
            {
                int count = UInt16(file + 2);
                var library = Text(section.Link, UInt32(file + 4));
                var entry = file + UInt32(file + 8);
                for (var k = 0; k < count; k++)
                {
                    needed.Add(new NeededVersion(library, Text(section.Link, UInt32(entry + 8)), UInt16(entry + 6), checked((int)entry + 4)));
                    entry += UInt32(entry + 12);
                }

                file += UInt32(file + 12);
            }
        }

        return needed;
    }

    /// <summary>Every version that the library defines (section <c>.gnu.version_d</c>).</summary>
    public HashSet<string> DefinedVersions()
    {
        var defined = new HashSet<string>(StringComparer.Ordinal);
        foreach (var section in sections.Where(s => s.Type == SectionVersionDefinitions))
        {
            var entry = section.Offset;
            for (var i = 0; i < section.Info; i++)
            {
                defined.Add(Text(section.Link, UInt32(entry + UInt32(entry + 12))));
                entry += UInt32(entry + 16);
            }
        }

        return defined;
    }

    /// <summary>Names of the dynamic symbols that carry the version with number <paramref name="index"/>.</summary>
    public List<string> SymbolsWithVersion(ushort index)
    {
        var symbols = sections.First(s => s.Type == SectionDynamicSymbols);
        var versions = sections.First(s => s.Type == SectionSymbolVersions);
        var names = new List<string>();
        for (var i = 0; i < versions.Size / 2; i++)
        {
            if ((UInt16(versions.Offset + 2 * i) & 0x7fff) == index)
                names.Add(Text(symbols.Link, UInt32(symbols.Offset + (long)SymbolSize * i)));
        }

        return names;
    }

    private string Text(int section, uint offset)
    {
        if ((uint)section >= (uint)sections.Count)
            throw new ElfFormatException($"section {section} does not exist: the file has {sections.Count}");
        var start = sections[section].Offset + offset;
        var rest = Range(start, bytes.Length - start);
        var end = rest.IndexOf((byte)0);
        return end >= 0 ? Encoding.ASCII.GetString(rest[..end]) : throw new ElfFormatException($"text at {start} has no end");
    }

    private ushort UInt16(long offset) => BinaryPrimitives.ReadUInt16LittleEndian(Range(offset, 2));

    private uint UInt32(long offset) => BinaryPrimitives.ReadUInt32LittleEndian(Range(offset, 4));

    private ReadOnlySpan<byte> Range(long offset, long length) =>
        offset >= 0 && length >= 0 && offset <= bytes.Length - length
            ? bytes.AsSpan((int)offset, (int)length)
            : throw new ElfFormatException($"{length} bytes at {offset} reach beyond the file's {bytes.Length}");
}
