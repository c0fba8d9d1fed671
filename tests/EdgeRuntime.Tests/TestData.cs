namespace EdgeRuntime.Tests;

/// <summary>Finds the data sets that tests use: EDGE_DATA, or shared/data beside the repository.</summary>
internal static class TestData
{
    /// <summary>Path of a file or folder of the data; skips the test, with the reason, where it is missing.</summary>
    public static string Require(params string[] parts)
    {
        string path = Path.Combine([Root, .. parts]);
        if (!Path.Exists(path))
            Assert.Skip($"data {path} is missing; set EDGE_DATA");
        return path;
    }

    /// <summary>Path of a file that the repository itself holds.</summary>
    public static string InRepository(string path) => Path.Combine(RepositoryTop(), path);

    private static string Root { get; } = Environment.GetEnvironmentVariable("EDGE_DATA") is { Length: > 0 } set
        ? Path.GetFullPath(set, RepositoryTop())
        : Path.Combine(RepositoryTop(), "..", "shared", "data");

    private static string RepositoryTop()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "EdgeRuntime.sln")))
            directory = directory.Parent;
        return directory?.FullName ?? Directory.GetCurrentDirectory();
    }
}
