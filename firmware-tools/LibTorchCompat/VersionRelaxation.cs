using System.Buffers.Binary;

namespace LibTorchCompat;

/// <summary>What <see cref="VersionRelaxation.Apply"/> found and did.</summary>
internal enum RelaxationOutcome
{
    /// <summary>The system defines every version asked for: the file is untouched.</summary>
    SystemIsNewEnough,

    /// <summary>The missing version was optional already: the file is untouched.</summary>
    AlreadyRelaxed,

    /// <summary>The missing version was made optional.</summary>
    Relaxed,
}

/// <summary>
/// Makes the version <c>GLIBCXX_3.4.32</c> optional in a library that asks for it only to say that the C++ library initialises its
/// streams itself. GCC 13 attaches that version to one marker symbol, <c>_ZSt21ios_base_library_initv</c>, which is never called.
/// </summary>
internal static class VersionRelaxation
{
    private const string Version = "GLIBCXX_3.4.32";
    private const string Marker = "_ZSt21ios_base_library_initv";
    private const ushort Weak = 2;

    /// <summary>Relaxes <paramref name="library"/> in place (through a temporary file) where <paramref name="cxxLibrary"/> lacks the version.</summary>
    /// <exception cref="ElfFormatException">A file is no ELF library, or more than the marker depends on the version.</exception>
    public static RelaxationOutcome Apply(string library, string cxxLibrary)
    {
        if (new ElfLibrary(File.ReadAllBytes(cxxLibrary)).DefinedVersions().Contains(Version))
            return RelaxationOutcome.SystemIsNewEnough;

        var bytes = File.ReadAllBytes(library);
        var elf = new ElfLibrary(bytes);
        var needed = elf.NeededVersions().FirstOrDefault(n => n.Version == Version);
        if (needed.Version is null)
            return RelaxationOutcome.SystemIsNewEnough;
        var others = elf.SymbolsWithVersion(needed.Index).Where(name => name != Marker).ToList();
        if (others.Count > 0)
            throw new ElfFormatException($"{others.Count} symbols besides {Marker} need {Version}, the first is {others[0]}");

        var flags = bytes.AsSpan(needed.FlagsOffset, 2);
        var old = BinaryPrimitives.ReadUInt16LittleEndian(flags);
        if ((old & Weak) != 0)
            return RelaxationOutcome.AlreadyRelaxed;
        BinaryPrimitives.WriteUInt16LittleEndian(flags, (ushort)(old | Weak));

        // The time stamp stays, so that an incremental build sees an up-to-date copy; the rename leaves a package that is
        // linked rather than copied untouched.
        var temporary = library + ".tmp";
        File.WriteAllBytes(temporary, bytes);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(temporary, File.GetUnixFileMode(library));
        File.SetLastWriteTimeUtc(temporary, File.GetLastWriteTimeUtc(library));
        File.Move(temporary, library, overwrite: true);
        return RelaxationOutcome.Relaxed;
    }
}
