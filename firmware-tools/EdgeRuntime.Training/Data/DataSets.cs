using EdgeRuntime.Camera;

namespace EdgeRuntime.Training.Data;

/// <summary>A data set with its three parts.</summary>
/// <param name="Name">Name by which it was loaded.</param>
/// <param name="Train">Pictures to train on.</param>
/// <param name="Validation">Pictures, taken from the training set, by which the best epoch is chosen.</param>
/// <param name="Test">Pictures that are looked at once, at the end.</param>
public sealed record DataSplits(string Name, ImageSet Train, ImageSet Validation, ImageSet Test);

/// <summary>The data sets by name.</summary>
public static class DataSets
{
    /// <summary>Names that <see cref="Load"/> knows besides folders.</summary>
    public static IReadOnlyList<string> Names { get; } = ["mnist", "cifar10", "svhn"];

    private static readonly string[] TestFolders = ["test", "val"];

    /// <summary>The data folder: EDGE_DATA, or <c>../shared/data</c> seen from the repository's top (the current folder).</summary>
    public static string DefaultRoot =>
        Environment.GetEnvironmentVariable("EDGE_DATA") is { Length: > 0 } root ? root : Path.Combine("..", "shared", "data");

    /// <summary>
    /// Loads a data set and splits it: <paramref name="validation"/> pictures of the training set, chosen by <paramref name="seed"/>, become the
    /// validation set; where a folder has no <c>test</c> (or <c>val</c>) part of its own, a tenth of it becomes the test set.
    /// </summary>
    /// <param name="name">mnist, cifar10, svhn, or the path of a folder of pictures by class (with or without <c>train</c> and <c>test</c> inside).</param>
    /// <param name="root">Folder with the sub-folders mnist, cifar10, svhn.</param>
    /// <param name="validation">Pictures in the validation set; at most half of the training set is taken.</param>
    /// <param name="seed">Seed of the split.</param>
    /// <param name="pictureSize">Side length for pictures from a folder.</param>
    /// <param name="cacheFolder">Where decoded pixels are kept; null for <see cref="PixelCache.DefaultFolder"/>.</param>
    /// <exception cref="DataException">The data set is unknown, missing or corrupt.</exception>
    public static DataSplits Load(string name, string root, int validation, ulong seed, int pictureSize = 32, string? cacheFolder = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(validation);
        var (train, test) = Read(name, root, pictureSize, cacheFolder ?? PixelCache.DefaultFolder);
        int held = Math.Min(validation, train.Count / 2);
        int[] order = new SeededRandom(seed, 0x5b11).Permutation(train.Count);
        if (test is null)
        {
            int tenth = Math.Max(1, train.Count / 10);
            return new DataSplits(
                name, train.Select(order.AsSpan(held + tenth)), train.Select(order.AsSpan(tenth, held)), train.Select(order.AsSpan(0, tenth)));
        }

        return new DataSplits(name, train.Select(order.AsSpan(held)), train.Select(order.AsSpan(0, held)), test);
    }

    /// <summary>Loads the test part alone, as <see cref="Load"/> gives it with seed 1, without reading training pictures where the parts are files of their own.</summary>
    /// <param name="name">As of <see cref="Load"/>.</param>
    /// <param name="root">Folder with the sub-folders mnist, cifar10, svhn.</param>
    /// <param name="pictureSize">Side length for pictures from a folder.</param>
    /// <param name="cacheFolder">Where decoded pixels are kept; null for <see cref="PixelCache.DefaultFolder"/>.</param>
    /// <exception cref="DataException">The data set is unknown, missing or corrupt.</exception>
    public static ImageSet LoadTest(string name, string root, int pictureSize = 32, string? cacheFolder = null)
    {
        string folder = Path.Combine(root, name);
        bool binary = File.Exists(Path.Combine(folder, "cifar-10-binary.tar.gz")) || File.Exists(Path.Combine(folder, "data_batch_1.bin"));
        return name switch
        {
            "mnist" => IdxReader.Read(Existing(folder, "t10k-images-idx3-ubyte"), Existing(folder, "t10k-labels-idx1-ubyte")),
            "cifar10" when !binary => CifarPictures(folder, "test", cacheFolder ?? PixelCache.DefaultFolder),
            "svhn" => SvhnReader.Read(Path.Combine(folder, "test_32x32.mat")),
            _ => Load(name, root, 0, 1, pictureSize, cacheFolder).Test,
        };
    }

    private static (ImageSet Train, ImageSet? Test) Read(string name, string root, int pictureSize, string cache)
    {
        string folder = Path.Combine(root, name);
        switch (name)
        {
            case "mnist":
                return (
                    IdxReader.Read(Existing(folder, "train-images-idx3-ubyte"), Existing(folder, "train-labels-idx1-ubyte")),
                    IdxReader.Read(Existing(folder, "t10k-images-idx3-ubyte"), Existing(folder, "t10k-labels-idx1-ubyte")));
            case "svhn":
                return (SvhnReader.Read(Path.Combine(folder, "train_32x32.mat")), SvhnReader.Read(Path.Combine(folder, "test_32x32.mat")));
            case "cifar10" when File.Exists(Path.Combine(folder, "cifar-10-binary.tar.gz")):
                return CifarBinaryReader.ReadArchive(Path.Combine(folder, "cifar-10-binary.tar.gz"));
            case "cifar10" when File.Exists(Path.Combine(folder, "data_batch_1.bin")):
                return CifarBinaryReader.ReadFolder(folder);
            case "cifar10":
                return (CifarPictures(folder, "train", cache), CifarPictures(folder, "test", cache));
            default:
                if (!Directory.Exists(name))
                    throw new DataException(DataError.NotFound, $"data set '{name}' is none of {string.Join(", ", Names)}, and no folder of that name exists");
                string trainFolder = Path.Combine(name, "train");
                if (!Directory.Exists(trainFolder))
                    return (FolderReader.Read(name, pictureSize), null);
                string? testFolder = TestFolders.Select(t => Path.Combine(name, t)).FirstOrDefault(Directory.Exists);
                return (FolderReader.Read(trainFolder, pictureSize), testFolder is null ? null : FolderReader.Read(testFolder, pictureSize));
        }
    }

    private static ImageSet CifarPictures(string folder, string part, string cache)
    {
        string path = Existing(folder, part + ".tar");
        // Decoders differ by a grey level or two, so that each has its own cache.
        string decoder = PictureDecoder.HasTurboJpeg ? "turbojpeg" : "stb";
        return PixelCache.GetOrDecode(Path.Combine(cache, decoder), path, () => PictureTarReader.Read(path, CifarBinaryReader.Classes, 32, 32));
    }

    private static string Existing(string folder, string name)
    {
        string packed = Path.Combine(folder, name + ".gz");
        return File.Exists(packed) ? packed : Path.Combine(folder, name);
    }
}
