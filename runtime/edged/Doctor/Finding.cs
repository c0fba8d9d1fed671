namespace EdgeRuntime.Daemon;

/// <summary>How a check came out.</summary>
internal enum FindingState
{
    /// <summary>As it should be.</summary>
    Good,

    /// <summary>It works, but not as well as it could, or it could not be found out.</summary>
    Note,

    /// <summary>It does not work.</summary>
    Bad,
}

/// <summary>The result of one check.</summary>
/// <param name="State">How it came out.</param>
/// <param name="Subject">What was checked.</param>
/// <param name="Text">What was found.</param>
/// <param name="Advice">What to do, or null.</param>
internal sealed record Finding(FindingState State, string Subject, string Text, string? Advice = null);
