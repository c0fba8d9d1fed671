namespace EdgeRuntime.Kernels.Int8;

/// <summary>How the second rounding of requantization (the division by a power of two) is done in vectors, bit exact with TensorFlow Lite.</summary>
internal enum RoundingMode
{
    /// <summary>
    /// Halves upwards, one instruction. Differs from the specification only in negative halves, which become x or x + 1 with x &lt; 0: the same
    /// output where the lower limit is at least the zero point (ReLU).
    /// </summary>
    Upwards,

    /// <summary>Halves away from zero; every exponent is at least 1, so that adding the sign before an upward rounding is right.</summary>
    AwayFromZero,

    /// <summary>Any shift, left shifts too.</summary>
    General,

    /// <summary>
    /// Both roundings and the zero point in one multiply-add of float32 (<see cref="FusedScaling"/>): what <see cref="Upwards"/> gives, where such a scaling was found.
    /// Chosen for single panels or blocks of channels of a layer.
    /// </summary>
    Fused,
}

/// <summary>What the constants of a panel or block of channels allow.</summary>
internal enum BlockRounding : byte
{
    /// <summary>The layer's rounding.</summary>
    Layer,

    /// <summary>The layer's rounding, <see cref="RoundingMode.AwayFromZero"/>, with scaled values that fit 16 bits.</summary>
    Short,

    /// <summary><see cref="RoundingMode.Fused"/>; constants are written for it.</summary>
    Fused,
}

/// <summary>A way of requantization as a type, so that each kernel is compiled for it.</summary>
internal interface IRounding
{
    /// <summary>The mode.</summary>
    static abstract RoundingMode Mode { get; }

    /// <summary>Whether outputs have limits other than those of int8, which narrowing keeps anyway.</summary>
    static abstract bool HasLimits { get; }

    /// <summary>Whether scaled values fit 16 bits, so that the first narrowing need not saturate.</summary>
    static virtual bool FitsShort => false;
}

/// <inheritdoc cref="RoundingMode.Upwards"/>
internal readonly struct RoundUpwards : IRounding
{
    public static RoundingMode Mode => RoundingMode.Upwards;

    public static bool HasLimits => false;
}

/// <summary><see cref="RoundingMode.Upwards"/> with limits.</summary>
internal readonly struct RoundUpwardsLimited : IRounding
{
    public static RoundingMode Mode => RoundingMode.Upwards;

    public static bool HasLimits => true;
}

/// <inheritdoc cref="RoundingMode.AwayFromZero"/>
internal readonly struct RoundAwayFromZero : IRounding
{
    public static RoundingMode Mode => RoundingMode.AwayFromZero;

    public static bool HasLimits => false;
}

/// <summary><see cref="RoundingMode.AwayFromZero"/> of channels whose scaled values fit 16 bits; chosen for single panels or blocks of channels of a layer.</summary>
internal readonly struct RoundAwayFromZeroShort : IRounding
{
    public static RoundingMode Mode => RoundingMode.AwayFromZero;

    public static bool HasLimits => false;

    public static bool FitsShort => true;
}

/// <inheritdoc cref="RoundingMode.General"/>
internal readonly struct RoundGeneral : IRounding
{
    public static RoundingMode Mode => RoundingMode.General;

    public static bool HasLimits => true;
}

/// <inheritdoc cref="RoundingMode.Fused"/>
internal readonly struct RoundFused : IRounding
{
    public static RoundingMode Mode => RoundingMode.Fused;

    public static bool HasLimits => false;

    public static bool FitsShort => true;
}

/// <summary><see cref="RoundingMode.Fused"/> with limits.</summary>
internal readonly struct RoundFusedLimited : IRounding
{
    public static RoundingMode Mode => RoundingMode.Fused;

    public static bool HasLimits => true;

    public static bool FitsShort => true;
}
