using System.Formats.Tar;
using System.IO.Compression;

namespace EdgeRuntime.Camera.Tests;

public class Cifar10GoldenTests(ITestOutputHelper output)
{
    [Fact]
    public void All_ten_thousand_test_pictures_decode_to_the_golden_pixels()
    {
        Dictionary<string, uint> golden = File.ReadLines(TestData.Path("golden/resnet8_int8/cifar10_test_predictions.csv"))
            .Skip(1).Select(line => line.Split(',')).ToDictionary(f => f[0]["test/".Length..], f => Convert.ToUInt32(f[3], 16));
        string archive = TestData.Path("cifar10/test.tar.gz");
        Assert.SkipUnless(PictureDecoder.HasTurboJpeg, "the system has no libturbojpeg");

        using var tar = new TarReader(new GZipStream(File.OpenRead(archive), CompressionMode.Decompress));
        using var decoder = new PictureDecoder();
        var frame = new Frame();
        int equal = 0, seen = 0;
        while (tar.GetNextEntry() is { } entry)
        {
            if (entry.DataStream is null)
                continue;
            var jpeg = new byte[entry.Length];
            entry.DataStream.ReadExactly(jpeg);
            decoder.Decode(jpeg, frame);
            Assert.Equal(new FrameFormat(32, 32, PixelFormat.Rgb24), frame.Format);
            seen++;
            equal += Crc32.Compute(frame.Data) == golden[entry.Name] ? 1 : 0;
        }

        output.WriteLine($"{equal} of {seen} pictures have the golden CRC");
        Assert.Equal(10_000, seen);
        Assert.Equal(10_000, equal);
    }
}
