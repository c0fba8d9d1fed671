using System.Buffers.Binary;
using StbImageSharp;

namespace EdgeRuntime.Camera.Tests;

public class PictureDecoderTests
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(0, 2)]
    [InlineData(0, 4)]
    [InlineData(0, 8)]
    [InlineData(0, 16)]
    [InlineData(2, 8)]
    [InlineData(2, 16)]
    [InlineData(3, 1)]
    [InlineData(3, 4)]
    [InlineData(3, 8)]
    [InlineData(4, 8)]
    [InlineData(4, 16)]
    [InlineData(6, 8)]
    [InlineData(6, 16)]
    public void Png_of_each_colour_type_and_depth_is_decoded(int colourType, int depth)
    {
        (byte[] file, byte[] pixels) = PictureSamples.Png(13, 11, colourType, depth);
        Assert.Equal(pixels, Decode(file).Data.ToArray());
    }

    [Theory]
    [InlineData(8, false)]
    [InlineData(24, false)]
    [InlineData(24, true)]
    [InlineData(32, true)]
    public void Bmp_is_decoded(int bits, bool topDown)
    {
        (byte[] file, byte[] pixels) = PictureSamples.Bmp(7, 5, bits, topDown);
        Assert.Equal(pixels, Decode(file).Data.ToArray());
    }

    [Theory]
    [InlineData("images/picamera2_img_person.png")]
    [InlineData("images/picamera2_img_person1.png")]
    [InlineData("models/person.bmp")]
    [InlineData("models/no_person.bmp")]
    public void Real_files_decode_as_StbImageSharp_decodes_them(string name)
    {
        byte[] file = File.ReadAllBytes(TestData.Path(name));
        Frame frame = Decode(file);
        ColorComponents components = frame.Format.PixelFormat == PixelFormat.Grey8 ? ColorComponents.Grey : ColorComponents.RedGreenBlue;
        ImageResult expected = ImageResult.FromMemory(file, components);
        Assert.Equal((expected.Width, expected.Height), (frame.Format.Width, frame.Format.Height));
        Assert.True(frame.Data.SequenceEqual(expected.Data));
    }

    [Fact]
    public void A_progressive_JPEG_is_decoded_whole_and_reduced()
    {
        byte[] file = File.ReadAllBytes(TestData.Path("images/larq-zoo_elephant.jpg"));
        Assert.SkipUnless(PictureDecoder.HasTurboJpeg, "the system has no libturbojpeg");
        using var decoder = new PictureDecoder();
        var frame = new Frame();
        decoder.Decode(file, frame);
        Assert.Equal(new FrameFormat(700, 466, PixelFormat.Rgb24), frame.Format);
        decoder.Decode(file, frame, 96, 96);
        Assert.Equal(new FrameFormat(175, 117, PixelFormat.Rgb24), frame.Format);
    }

    [Fact]
    public void Without_libturbojpeg_the_pixels_differ_little()
    {
        byte[] file = File.ReadAllBytes(TestData.Path("images/neural-compressor_golden_gate_sq.jpg"));
        Assert.SkipUnless(PictureDecoder.HasTurboJpeg, "the system has no libturbojpeg");
        Frame turbo = Decode(file);
        var stb = new Frame();
        StbJpegDecoder.Decode(file, stb);
        double sum = 0;
        for (int i = 0; i < turbo.Data.Length; i++)
            sum += Math.Abs(turbo.Data[i] - stb.Data[i]);
        Assert.InRange(sum / turbo.Data.Length, 0, 1.0);
    }

    [Fact]
    public void Truncated_files_are_refused_at_every_length()
    {
        (byte[] png, _) = PictureSamples.Png(9, 9, 2, 8);
        (byte[] bmp, _) = PictureSamples.Bmp(9, 9, 24, false);
        foreach (byte[] file in (byte[][])[png, bmp])
        {
            for (int length = 0; length < file.Length; length++)
                Assert.Equal(CameraErrorKind.InvalidData, Assert.Throws<CameraException>(() => Decode(file[..length])).Kind);
        }
    }

    [Fact]
    public void A_truncated_JPEG_is_refused()
    {
        byte[] file = File.ReadAllBytes(TestData.Path("images/neural-compressor_golden_gate_sq.jpg"));
        foreach (int length in (int[])[2, 20, 200, 2000, file.Length / 2, file.Length - 3])
            Assert.Equal(CameraErrorKind.InvalidData, Assert.Throws<CameraException>(() => Decode(file[..length])).Kind);
    }

    [Fact]
    public void Sizes_above_the_limit_are_refused_before_memory_is_taken()
    {
        (byte[] file, _) = PictureSamples.Bmp(4, 4, 24, false);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(18), 16385);
        CameraException e = Assert.Throws<CameraException>(() => Decode(file));
        Assert.Equal(CameraErrorKind.LimitExceeded, e.Kind);
        Assert.Contains("16385", e.Message);
        Assert.Contains("16384", e.Message);
    }

    [Fact]
    public void A_file_that_is_no_picture_is_named()
    {
        using var directory = new TemporaryDirectory();
        string path = directory.Write("a.jpg", "hello"u8.ToArray());
        CameraException e = Assert.Throws<CameraException>(() => PictureDecoder.Load(path));
        Assert.StartsWith(path, e.Message);
        Assert.Equal(CameraErrorKind.InvalidData, e.Kind);
        Assert.Equal(CameraErrorKind.NotFound, Assert.Throws<CameraException>(() => PictureDecoder.Load(path + "x")).Kind);
    }

    private static Frame Decode(byte[] file)
    {
        using var decoder = new PictureDecoder();
        var frame = new Frame();
        decoder.Decode(file, frame);
        return frame;
    }
}
