using System.Formats.Tar;
using System.Globalization;
using System.IO.Compression;
using EdgeRuntime.Camera;
using EdgeRuntime.Compression.Import.TFLite;
using EdgeRuntime.Tests;

namespace EdgeRuntime.Compression.Tests.Golden;

/// <summary>The int8 ResNet-8 on all 10,000 test pictures of CIFAR-10, bit by bit.</summary>
public class CifarOutputsTests(ITestOutputHelper output)
{
    private const int Pictures = 10_000;
    private const int Classes = 10;

    [Fact]
    [Trait("Category", "Long")]
    public void All_pictures_with_the_golden_pixels_give_the_golden_outputs()
    {
        string[] lines = [.. File.ReadLines(TestData.Require("golden", "resnet8_int8", "cifar10_test_predictions.csv")).Skip(1)];
        byte[] golden = Unzip(TestData.Require("golden", "resnet8_int8", "cifar10_test_outputs.bin.gz"));
        Assert.Equal(Pictures, lines.Length);
        Assert.Equal(Pictures * Classes, golden.Length);
        Assert.SkipUnless(PictureDecoder.HasTurboJpeg, "the system has no libturbojpeg");
        Dictionary<string, byte[]> pictures = Pixels(TestData.Require("cifar10", "test.tar.gz"));

        using EdgeModel model = TFLiteImporter.Import(TestData.Require("models", "pretrainedResnet_quant.tflite")).Model;
        using PreparedModel prepared = model.Prepare();
        int withCrc = 0, equal = 0, correct = 0;
        Parallel.ForEach(
            Enumerable.Range(0, Pictures),
            new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount },
            () => prepared.CreateSession(),
            (i, _, session) =>
            {
                string[] fields = lines[i].Split(',');
                byte[] pixels = pictures[fields[0]["test/".Length..]];
                if (Crc32.Compute(pixels) != uint.Parse(fields[3], NumberStyles.HexNumber, CultureInfo.InvariantCulture))
                    return session;
                Interlocked.Increment(ref withCrc);
                Span<byte> input = session.Input<byte>();
                for (int p = 0; p < pixels.Length; p++)
                    input[p] = (byte)(pixels[p] - 128);
                session.Run();
                ReadOnlySpan<byte> scores = session.Output<byte>();
                if (scores.SequenceEqual(golden.AsSpan(i * Classes, Classes)))
                    Interlocked.Increment(ref equal);
                if (FirstLargest(session.Output<sbyte>()).ToString(CultureInfo.InvariantCulture) == fields[1])
                    Interlocked.Increment(ref correct);
                return session;
            },
            session => session.Dispose());

        output.WriteLine($"{withCrc} of {Pictures} pictures decode to the golden pixels; {equal} give the golden outputs, {correct} are recognised");
        Assert.Equal(withCrc, equal);

        // Another build of the decoder may round pixels otherwise; the pictures of this one must be nearly all.
        Assert.True(withCrc > Pictures * 9 / 10, $"only {withCrc} of {Pictures} pictures decode to the golden pixels");
    }

    private static int FirstLargest(ReadOnlySpan<sbyte> scores)
    {
        int best = 0;
        for (int i = 1; i < scores.Length; i++)
        {
            if (scores[i] > scores[best])
                best = i;
        }

        return best;
    }

    private static Dictionary<string, byte[]> Pixels(string archive)
    {
        using var tar = new TarReader(new GZipStream(File.OpenRead(archive), CompressionMode.Decompress));
        using var decoder = new PictureDecoder();
        var frame = new Frame();
        var pictures = new Dictionary<string, byte[]>();
        while (tar.GetNextEntry() is { } entry)
        {
            if (entry.DataStream is null)
                continue;
            byte[] jpeg = new byte[entry.Length];
            entry.DataStream.ReadExactly(jpeg);
            decoder.Decode(jpeg, frame);
            Assert.Equal(new FrameFormat(32, 32, PixelFormat.Rgb24), frame.Format);
            pictures[entry.Name] = frame.Data.ToArray();
        }

        return pictures;
    }

    private static byte[] Unzip(string path)
    {
        using var zip = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
        using var memory = new MemoryStream();
        zip.CopyTo(memory);
        return memory.ToArray();
    }
}
