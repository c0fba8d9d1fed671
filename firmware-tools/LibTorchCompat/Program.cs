using LibTorchCompat;

// libLibTorchSharp.so was linked against a newer C++ library than Debian 12 has. This step makes the one version that is
// missing there optional in the copy that a build has just made, and does nothing where the system's library is new enough.
if (args.Length != 1)
{
    Console.Error.WriteLine("usage: LibTorchCompat path/to/libLibTorchSharp.so");
    return 2;
}

try
{
    var systemLibrary = SystemLibrary.Find("libstdc++.so.6");
    if (systemLibrary is null)
    {
        Console.Error.WriteLine("libstdc++.so.6 is not installed: LibTorch needs it (apt-get install libstdc++6)");
        return 1;
    }

    var outcome = VersionRelaxation.Apply(args[0], systemLibrary);
    Console.WriteLine($"{args[0]}: {outcome}");
    return 0;
}
catch (Exception e) when (e is ElfFormatException or IOException or UnauthorizedAccessException)
{
    Console.Error.WriteLine($"{args[0]}: {e.Message}");
    return 1;
}
