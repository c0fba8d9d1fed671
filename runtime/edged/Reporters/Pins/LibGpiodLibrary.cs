using System.Runtime.InteropServices;

namespace EdgeRuntime.Daemon;

/// <summary>Which generation of the system's libgpiod there is.</summary>
internal static class LibGpiodLibrary
{
    private static readonly Lazy<bool> Version2 = new(() => !IsThere("libgpiod.so.2") && IsThere("libgpiod.so.3"));

    /// <summary>Whether only the second generation of the interface (libgpiod.so.3) is installed.</summary>
    public static bool HasVersion2 => Version2.Value;

    private static bool IsThere(string name)
    {
        if (!NativeLibrary.TryLoad(name, out nint library))
            return false;
        NativeLibrary.Free(library);
        return true;
    }
}
