namespace EdgeRuntime.Camera.Tests;

/// <summary>Where data sets lie: EDGE_DATA, or shared/data beside the repository.</summary>
internal static class TestData
{
    public static string Path(string relative)
    {
        string path = System.IO.Path.Combine(Root(), relative);
        if (!File.Exists(path) && !Directory.Exists(path))
            Assert.Skip($"test data {path} are not there (set EDGE_DATA)");
        return path;
    }

    private static string Root()
    {
        if (Environment.GetEnvironmentVariable("EDGE_DATA") is { Length: > 0 } set)
            return set;
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(at.FullName, "EdgeRuntime.sln")))
                return System.IO.Path.Combine(at.FullName, "..", "shared", "data");
        }

        return System.IO.Path.Combine("..", "shared", "data");
    }
}
