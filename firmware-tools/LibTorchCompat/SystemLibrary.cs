namespace LibTorchCompat;

/// <summary>Finds a shared library where the dynamic loader of 64-bit x86 Linux looks for it.</summary>
internal static class SystemLibrary
{
    private static readonly string[] Folders =
        ["/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu", "/lib64", "/usr/lib64", "/lib", "/usr/lib"];

    /// <summary>The path of the library named <paramref name="name"/>, or null where it is not installed.</summary>
    public static string? Find(string name)
    {
        var searched = (Environment.GetEnvironmentVariable("LD_LIBRARY_PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries);
        return searched.Concat(Folders).Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
    }
}
