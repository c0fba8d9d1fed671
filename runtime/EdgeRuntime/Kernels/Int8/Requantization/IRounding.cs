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
}

/// <summary>A way of requantization as a type, so that each kernel is compiled for it.</summary>
internal interface IRounding
{
    /// <summary>The mode.</summary>
    static abstract RoundingMode Mode { get; }

    /// <summary>Whether outputs have limits other than those of int8, which narrowing keeps anyway.</summary>
    static abstract bool HasLimits { get; }
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

/// <inheritdoc cref="RoundingMode.General"/>
internal readonly struct RoundGeneral : IRounding
{
    public static RoundingMode Mode => RoundingMode.General;

    public static bool HasLimits => true;
}
