using EdgeRuntime.Training.Data;

namespace EdgeRuntime.Training.Tests;

/// <summary>Data for tests: the real data sets where they are at hand, and small ones that are made here.</summary>
internal static class TestData
{
    /// <summary>Top folder of the repository.</summary>
    public static string Repository { get; } = FindRepository();

    /// <summary>EDGE_DATA, or ../shared/data beside the repository.</summary>
    public static string Root { get; } =
        Environment.GetEnvironmentVariable("EDGE_DATA") is { Length: > 0 } root ? root : Path.GetFullPath(Path.Combine(Repository, "..", "shared", "data"));

    /// <summary>The folder of a data set; the test is skipped where it is missing.</summary>
    public static string Require(string name)
    {
        string folder = Path.Combine(Root, name);
        if (!Directory.Exists(folder))
            Assert.Skip($"data set {name} is not in {Root} (set EDGE_DATA)");
        return folder;
    }

    /// <summary>Pictures that are learnt in a few steps: each class has a bright bar in its own rows, with noise.</summary>
    public static ImageSet Bars(int count, int side, int channels, int classes, ulong seed)
    {
        var random = new SeededRandom(seed);
        var pixels = new byte[count * side * side * channels];
        var labels = new int[count];
        for (int i = 0; i < count; i++)
        {
            labels[i] = random.Below(classes);
            for (int y = 0; y < side; y++)
            {
                for (int x = 0; x < side * channels; x++)
                {
                    int level = y * classes / side == labels[i] ? 180 : 40;
                    pixels[(i * side + y) * side * channels + x] = (byte)(level + random.Below(60));
                }
            }
        }

        return new ImageSet(side, side, channels, pixels, labels, [.. Enumerable.Range(0, classes).Select(c => $"bar {c}")]);
    }

    private static string FindRepository()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "EdgeRuntime.sln")))
                return at.FullName;
        }

        return Directory.GetCurrentDirectory();
    }
}

/// <summary>A folder that is deleted when the test ends.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("edge-training-").FullName;

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
