namespace EdgeRuntime.Daemon.Tests;

/// <summary>Waits for what other threads and processes do.</summary>
internal static class Eventually
{
    /// <summary>Fails when the condition does not hold within 30 seconds.</summary>
    public static void True(Func<bool> condition, string what)
    {
        if (!SpinWait.SpinUntil(condition, TimeSpan.FromSeconds(30)))
            Assert.Fail($"did not happen within 30 s: {what}");
    }
}
