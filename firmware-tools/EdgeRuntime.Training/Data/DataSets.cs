using EdgeRuntime.Camera;

namespace EdgeRuntime.Training.Data;

/// <summary>A data set with its three parts.</summary>
/// <param name="Name">Name by which it was loaded.</param>
/// <param name="Train">Pictures to train on.</param>
/// <param name="Validation">Pictures, taken from the training set, by which the best epoch is chosen.</param>
/// <param name="Test">Pictures that are looked at once, at the end.</param>
public sealed record DataSplits(string Name, ImageSet Train, ImageSet Validation, ImageSet Test)
{
    /// <summary>Pictures that are in no part, because they could not be read.</summary>
    public int Skipped { get; init; }
}

/// <summary>The data sets by name.</summary>
public static class DataSets
{
    /// <summary>Names that <see cref="Load"/> knows besides folders.</summary>
    public static IReadOnlyList<string> Names { get; } = ["mnist", "cifar10", "svhn"];

    /// <summary>Pictures of a large training set that are kept for validation unless a caller says otherwise.</summary>
    public const int UsualValidation = 5000;

    private static readonly string[] TestFolders = ["test", "val"];

    /// <summary>The data folder: EDGE_DATA, or <c>../shared/data</c> seen from the repository's top (the current folder).</summary>
    public static string DefaultRoot =>
        Environment.GetEnvironmentVariable("EDGE_DATA") is { Length: > 0 } root ? root : Path.Combine("..", "shared", "data");

    /// <summary>
    /// Loads a data set and splits it: <paramref name="validation"/> pictures of the training set, chosen by <paramref name="seed"/>, become the
    /// validation set; where a folder has no <c>test</c> (or <c>val</c>) part of its own, a tenth of it becomes the test set. Unreadable pictures are counted in
    /// <see cref="DataSplits.Skipped"/>.
    /// </summary>
    /// <param name="name">mnist, cifar10, svhn, or the path of a folder of pictures by class (with or without <c>train</c> and <c>test</c> inside).</param>
    /// <param name="root">Folder with the sub-folders mnist, cifar10, svhn.</param>
    /// <param name="validation">Pictures in the validation set; null for <paramref name="usualValidation"/>, or a tenth of the training set where that is less.</param>
    /// <param name="seed">Seed of the split.</param>
    /// <param name="pictureSize">Side length for pictures from a folder.</param>
    /// <param name="cacheFolder">Where decoded pixels are kept; null for <see cref="PixelCache.DefaultFolder"/>.</param>
    /// <param name="usualValidation">Pictures in the validation set where <paramref name="validation"/> is null.</param>
    /// <exception cref="DataException">The data set is unknown, missing or corrupt, or the validation set leaves no picture to train on.</exception>
    public static DataSplits Load(
        string name, string root, int? validation, ulong seed, int pictureSize = 32, string? cacheFolder = null, int usualValidation = UsualValidation)
    {
        var (train, test) = Read(name, root, pictureSize, cacheFolder ?? PixelCache.DefaultFolder);
        int tested = test is null ? Math.Max(1, train.Count / 10) : 0, most = train.Count - tested - 1;
        int held = validation ?? Math.Min(usualValidation, Math.Max(1, train.Count / 10));
        if (held < 0 || held > most)
            throw new DataException(DataError.InvalidArgument, $"a validation set of {held} pictures is outside 0..{most}: {name} has {train.Count} pictures to train on, and {tested} of them are for testing");
        int[] order = new SeededRandom(seed, 0x5b11).Permutation(train.Count);
        return new DataSplits(
            name, train.Select(order.AsSpan(held + tested)), train.Select(order.AsSpan(tested, held)), test ?? train.Select(order.AsSpan(0, tested)))
        {
            Skipped = train.Skipped + (test?.Skipped ?? 0),
        };
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
