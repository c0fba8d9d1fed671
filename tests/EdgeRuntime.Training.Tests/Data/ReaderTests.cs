using System.Buffers.Binary;
using System.Formats.Tar;
using System.IO.Compression;
using EdgeRuntime.Training.Data;

namespace EdgeRuntime.Training.Tests.Data;

public class ReaderTests
{
    [Fact]
    public void Mnist_has_the_known_counts_statistics_and_first_labels()
    {
        TestData.Require("mnist");
        DataSplits mnist = DataSets.Load("mnist", TestData.Root, validation: 0, seed: 1);
        Assert.Equal((60000, 10000, 28, 28, 1), (mnist.Train.Count, mnist.Test.Count, mnist.Train.Height, mnist.Train.Width, mnist.Train.Channels));
        Assert.Equal([980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009], Enumerable.Range(0, 10).Select(d => mnist.Test.Labels.Count(l => l == d)));
        Assert.Equal([7, 2, 1, 0, 4], mnist.Test.Labels[..5]);
        var (mean, deviation) = mnist.Train.Statistics();
        Assert.Equal(0.1307, mean[0], 3);
        Assert.Equal(0.3081, deviation[0], 3);
    }

    [Fact]
    public void Cifar10_pictures_are_decoded_once_and_come_from_the_cache_afterwards()
    {
        string folder = TestData.Require("cifar10");
        using var cache = new TemporaryFolder();
        string archive = Path.Combine(folder, "test.tar.gz");
        int decoded = 0;
        ImageSet Read() => PixelCache.GetOrDecode(cache.Path, archive, () =>
        {
            decoded++;
            return PictureTarReader.Read(archive, CifarBinaryReader.Classes, 32, 32);
        });
        ImageSet first = Read(), second = Read();
        Assert.Equal(1, decoded);
        Assert.Equal((10000, 0), (first.Count, first.Skipped));
        Assert.All(Enumerable.Range(0, 10), c => Assert.Equal(1000, first.Labels.Count(l => l == c)));
        Assert.Equal(first.Labels, second.Labels);
        Assert.True(first.Pixels.AsSpan().SequenceEqual(second.Pixels));
        Assert.InRange(first.Statistics().Mean[0], 0.48f, 0.51f);

        // One flipped byte in the cache, and the pictures are decoded again.
        string file = Directory.GetFiles(cache.Path).Single();
        byte[] bytes = File.ReadAllBytes(file);
        bytes[^5] ^= 1;
        File.WriteAllBytes(file, bytes);
        Assert.True(first.Pixels.AsSpan().SequenceEqual(Read().Pixels));
        Assert.Equal(2, decoded);
    }

    [Fact]
    public void Cifar10_binary_records_are_planes_and_become_interleaved()
    {
        using var folder = new TemporaryFolder();
        for (int b = 1; b <= 6; b++)
        {
            var record = new byte[2 * 3073];
            record[0] = (byte)b;
            record[1] = 10;             // red, first pixel
            record[1 + 1024] = 20;      // green
            record[1 + 2048 + 33] = 30; // blue, row 1, column 1
            File.WriteAllBytes(folder.File(b == 6 ? "test_batch.bin" : $"data_batch_{b}.bin"), record);
        }

        var (train, test) = CifarBinaryReader.ReadFolder(folder.Path);
        Assert.Equal([1, 0, 2, 0, 3, 0, 4, 0, 5, 0], train.Labels);
        Assert.Equal(6, test.Labels[0]);
        Assert.Equal([10, 20, 0], train.Picture(0)[..3].ToArray());
        Assert.Equal(30, train.Picture(0)[(33 * 3) + 2]);

        File.Delete(folder.File("data_batch_3.bin"));
        Assert.EndsWith("has no data_batch_3.bin", Assert.Throws<DataException>(() => CifarBinaryReader.ReadFolder(folder.Path)).Message, StringComparison.Ordinal);
        File.WriteAllBytes(folder.File("data_batch_3.bin"), new byte[3072]);
        Assert.Contains("no multiple of 3073", Assert.Throws<DataException>(() => CifarBinaryReader.ReadFolder(folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Cifar10_binary_archive_is_read_like_the_folder()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("cifar-10-binary.tar.gz");
        using (var gzip = new GZipStream(File.Create(path), CompressionLevel.Fastest))
        using (var tar = new TarWriter(gzip))
        {
            for (int b = 1; b <= 6; b++)
            {
                var record = new byte[3073];
                record[0] = (byte)b;
                string name = b == 6 ? "test_batch.bin" : $"data_batch_{b}.bin";
                tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "cifar-10-batches-bin/" + name) { DataStream = new MemoryStream(record) });
            }
        }

        var (train, test) = CifarBinaryReader.ReadArchive(path);
        Assert.Equal([1, 2, 3, 4, 5], train.Labels);
        Assert.Equal([6], test.Labels);
        byte[] bytes = File.ReadAllBytes(path);
        File.WriteAllBytes(path, bytes[..(bytes.Length / 2)]);
        Assert.Equal(DataError.Corrupt, Assert.Throws<DataException>(() => CifarBinaryReader.ReadArchive(path)).Error);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Svhn_arrays_are_read_in_column_major_order(bool compressed)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("train_32x32.mat");
        var x = new byte[32 * 32 * 3 * 2];
        x[5 + 32 * (7 + 32 * (2 + 3 * 1))] = 99; // row 5, column 7, blue, picture 1
        File.WriteAllBytes(path, MatBytes(compressed, ("X", [32, 32, 3, 2], x, false), ("y", [2, 1], [10, 3], true)));
        ImageSet set = SvhnReader.Read(path);
        Assert.Equal([0, 3], set.Labels);
        Assert.Equal(99, set.Picture(1)[((5 * 32) + 7) * 3 + 2]);
        Assert.Equal(99, set.Pixels.Sum(p => p));
    }

    [Fact]
    public void Damaged_mat_files_are_refused_and_never_crash()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("train_32x32.mat");
        byte[] good = MatBytes(true, ("X", [32, 32, 3, 2], new byte[6144], false), ("y", [2, 1], [10, 3], true));
        byte[] plain = MatBytes(false, ("X", [32, 32, 3, 2], new byte[6144], false), ("y", [2, 1], [10, 3], true));
        var random = new SeededRandom(7);
        for (int i = 0; i < 400; i++)
        {
            byte[] bytes = [.. i % 2 == 0 ? good : plain];
            for (int k = 0; k <= i % 3; k++)
                bytes[random.Below(k == 0 ? Math.Min(bytes.Length, 300) : bytes.Length)] = (byte)random.Below(256);
            if (i % 5 == 0)
                bytes = bytes[..random.Below(bytes.Length)];
            File.WriteAllBytes(path, bytes);
            Exception? e = Record.Exception(() => SvhnReader.Read(path));
            Assert.True(e is null or DataException, $"mutation {i}: {e}");
        }
    }

    [Fact]
    public void Folder_of_pictures_skips_and_counts_what_it_cannot_read()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.File("cat"));
        Directory.CreateDirectory(folder.File("ant"));
        File.WriteAllBytes(folder.File("ant/red.bmp"), Bmp(8, 4, 0, 0, 255));
        File.WriteAllBytes(folder.File("cat/blue.bmp"), Bmp(4, 4, 255, 0, 0));
        File.WriteAllText(folder.File("cat/broken.jpg"), "not a picture");
        File.WriteAllText(folder.File("cat/notes.txt"), "not meant to be one");
        ImageSet set = FolderReader.Read(folder.Path, 2);
        Assert.Equal(["ant", "cat"], set.Classes);
        Assert.Equal([0, 1], set.Labels);
        Assert.Equal(1, set.Skipped);
        Assert.Equal([255, 0, 0, 255, 0, 0, 255, 0, 0, 255, 0, 0], set.Picture(0).ToArray());
        Assert.Equal(DataError.NotFound, Assert.Throws<DataException>(() => FolderReader.Read(folder.File("none"), 2)).Error);
    }

    [Fact]
    public void Folder_of_classes_is_split_into_three_parts_and_says_how_many_pictures_it_skipped()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.File("cat"));
        for (int i = 0; i < 20; i++)
            File.WriteAllBytes(folder.File($"cat/{i}.bmp"), Bmp(2, 2, (byte)i, 0, 0));
        File.WriteAllText(folder.File("cat/broken.jpg"), "not a picture");
        DataSplits splits = DataSets.Load(folder.Path, folder.Path, validation: null, seed: 1, pictureSize: 2);
        Assert.Equal((16, 2, 2, 1), (splits.Train.Count, splits.Validation.Count, splits.Test.Count, splits.Skipped));
        Assert.Equal(20, splits.Train.Pixels.Concat(splits.Validation.Pixels).Concat(splits.Test.Pixels).Chunk(12).DistinctBy(p => p[2]).Count());
        DataException none = Assert.Throws<DataException>(() => DataSets.Load(folder.Path, folder.Path, validation: 18, seed: 1, pictureSize: 2));
        Assert.Contains("a validation set of 18 pictures is outside 0..17", none.Message, StringComparison.Ordinal);
        Assert.Equal(1, DataSets.Load(folder.Path, folder.Path, validation: 17, seed: 1, pictureSize: 2).Train.Count);
    }

    [Fact]
    public void Wrong_idx_files_are_refused_with_the_value_and_the_limit()
    {
        using var folder = new TemporaryFolder();
        string images = folder.File("images"), labels = folder.File("labels");
        var header = new byte[16 + 784];
        BinaryPrimitives.WriteUInt32BigEndian(header, 0x803);
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(4), 1);
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(8), 28);
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(12), 28);
        byte[] oneLabel = [0, 0, 8, 1, 0, 0, 0, 1, 9];
        File.WriteAllBytes(images, header);
        File.WriteAllBytes(labels, oneLabel);
        Assert.Equal(9, IdxReader.Read(images, labels).Labels[0]);

        File.WriteAllBytes(images, header[..^1]);
        Assert.Contains("ends after 783 of 784 bytes", Assert.Throws<DataException>(() => IdxReader.Read(images, labels)).Message, StringComparison.Ordinal);
        header[4] = 0xff;
        File.WriteAllBytes(images, header);
        Assert.Contains("the limits are 1 and 1000000", Assert.Throws<DataException>(() => IdxReader.Read(images, labels)).Message, StringComparison.Ordinal);
        Assert.Equal(DataError.NotFound, Assert.Throws<DataException>(() => DataSets.Load("mnist", folder.Path, 0, 1)).Error);
        Assert.Contains("none of mnist, cifar10, svhn", Assert.Throws<DataException>(() => DataSets.Load("mnits", folder.Path, 0, 1)).Message, StringComparison.Ordinal);
    }

    private static byte[] Bmp(int width, int height, byte blue, byte green, byte red)
    {
        int stride = (width * 3 + 3) & ~3;
        var bytes = new byte[54 + stride * height];
        "BM"u8.CopyTo(bytes);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(2), bytes.Length);
        bytes[10] = 54;
        bytes[14] = 40;
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(18), width);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(22), height);
        bytes[26] = 1;
        bytes[28] = 24;
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
                ((ReadOnlySpan<byte>)[blue, green, red]).CopyTo(bytes.AsSpan(54 + y * stride + x * 3));
        }

        return bytes;
    }

    private static byte[] MatBytes(bool compressed, params (string Name, int[] Dimensions, byte[] Data, bool AsDouble)[] arrays)
    {
        var file = new MemoryStream();
        var header = new byte[128];
        header[125] = 1;
        header[126] = (byte)'I';
        header[127] = (byte)'M';
        file.Write(header);
        foreach (var (name, dimensions, data, asDouble) in arrays)
        {
            var content = new MemoryStream();
            Element(content, 6, [.. BitConverter.GetBytes(asDouble ? 6 : 9), 0, 0, 0, 0]);
            Element(content, 5, [.. dimensions.SelectMany(BitConverter.GetBytes)]);
            content.Write([1, 0, (byte)name.Length, 0, (byte)name[0], 0, 0, 0]); // small element
            Element(content, asDouble ? 9 : 2, asDouble ? [.. data.SelectMany(v => BitConverter.GetBytes((double)v))] : data);
            var matrix = new MemoryStream();
            Element(matrix, 14, content.ToArray());
            if (!compressed)
            {
                file.Write(matrix.ToArray());
                continue;
            }

            var packed = new MemoryStream();
            using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true))
                zlib.Write(matrix.ToArray());
            file.Write(BitConverter.GetBytes(15));
            file.Write(BitConverter.GetBytes((int)packed.Length));
            file.Write(packed.ToArray());
        }

        return file.ToArray();
    }

    private static void Element(MemoryStream stream, int type, byte[] data)
    {
        stream.Write(BitConverter.GetBytes(type));
        stream.Write(BitConverter.GetBytes(data.Length));
        stream.Write(data);
        stream.Write(new byte[(8 - data.Length % 8) % 8]);
    }
}
