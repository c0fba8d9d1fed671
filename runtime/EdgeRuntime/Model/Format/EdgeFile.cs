namespace EdgeRuntime.Model.Format;

/// <summary>Kinds of sections of an .edge file.</summary>
internal enum SectionKind : uint
{
    Strings = 1,
    Tensors = 2,
    Operators = 3,
    Graph = 4,
    Metadata = 5,
    Labels = 6,
    Preprocessing = 7,
    Weights = 8,
}

/// <summary>Constants and limits of the .edge format, version 1 (docs/format.md).</summary>
internal static class EdgeFile
{
    public const ushort MajorVersion = 1;
    public const ushort MinorVersion = 0;
    public const int Alignment = 64;
    public const int HeaderLength = 64;
    public const int TableEntryLength = 32;
    public const uint MayBeIgnored = 1;
    public const byte ConstantFlag = 1;
    public const byte QuantizedFlag = 2;

    public const long MaxFileLength = int.MaxValue & ~(Alignment - 1L);
    public const int MaxSections = 64;
    public const int MaxStrings = 262_144;
    public const int MaxStringBytes = 65_536;
    public const int MaxTensors = 65_536;
    public const int MaxOperators = 16_384;
    public const int MaxOperands = 4_096;
    public const int MaxAttributes = 64;
    public const int MaxAttributeInts = 64;
    public const int MaxProperties = 4_096;
    public const int MaxLabels = 65_536;
    public const int MaxPictureSide = 16_384;
    public const long MaxDecodedBytes = 1L << 30;
    public const int MaxDecodedRatio = 1_024;

    public static ReadOnlySpan<byte> Magic => [0x89, (byte)'E', (byte)'D', (byte)'G', (byte)'E', 0x0D, 0x0A, 0x1A];

    public static long Align(long offset) => (offset + Alignment - 1) & ~(Alignment - 1L);
}
