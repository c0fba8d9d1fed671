namespace EdgeRuntime.Training.Data.Download;

/// <summary>A file of a data set: address, name, length in bytes, and checksum as its publisher gives it.</summary>
/// <param name="Address">Where it is published.</param>
/// <param name="FileName">Name in the data folder.</param>
/// <param name="Checksum">Hexadecimal MD5 (32 digits) or SHA-256 (64 digits).</param>
/// <param name="MaxBytes">Most bytes that are accepted.</param>
public sealed record DataSource(Uri Address, string FileName, string Checksum, long MaxBytes);

/// <summary>The official addresses of the known data sets.</summary>
public static class DataSources
{
    private const string Mnist = "https://ossci-datasets.s3.amazonaws.com/mnist/";
    private const string Svhn = "http://ufldl.stanford.edu/housenumbers/";

    /// <summary>
    /// Files by data set. The MD5 sum of CIFAR-10's binary version stands on its page (www.cs.toronto.edu/~kriz/cifar.html); those of MNIST and SVHN, whose pages give
    /// none, are torchvision's (torchvision/datasets/mnist.py and svhn.py).
    /// </summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<DataSource>> ByName { get; } = new Dictionary<string, IReadOnlyList<DataSource>>
    {
        ["mnist"] =
        [
            new(new Uri(Mnist + "train-images-idx3-ubyte.gz"), "train-images-idx3-ubyte.gz", "f68b3c2dcbeaaa9fbdd348bbdeb94873", 16 << 20),
            new(new Uri(Mnist + "train-labels-idx1-ubyte.gz"), "train-labels-idx1-ubyte.gz", "d53e105ee54ea40749a09fcbcd1e9432", 1 << 20),
            new(new Uri(Mnist + "t10k-images-idx3-ubyte.gz"), "t10k-images-idx3-ubyte.gz", "9fb629c4189551a2d022fa330f9573f3", 4 << 20),
            new(new Uri(Mnist + "t10k-labels-idx1-ubyte.gz"), "t10k-labels-idx1-ubyte.gz", "ec29112dd5afa0611ce80d1b7f02629c", 1 << 20),
        ],
        ["cifar10"] =
        [
            new(new Uri("https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz"), "cifar-10-binary.tar.gz", "c32a1d4ab5d03f1284b67883e8d87530", 256 << 20),
        ],
        ["svhn"] =
        [
            new(new Uri(Svhn + "train_32x32.mat"), "train_32x32.mat", "e26dedcc434d2e4c54c9b2d4a06d8373", 256 << 20),
            new(new Uri(Svhn + "test_32x32.mat"), "test_32x32.mat", "eb5a983be6a315427106f1b164d9cef3", 128 << 20),
        ],
    };
}
