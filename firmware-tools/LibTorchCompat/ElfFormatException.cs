namespace LibTorchCompat;

/// <summary>A shared library is not the 64-bit little-endian ELF file it should be.</summary>
public sealed class ElfFormatException(string message) : Exception(message);
