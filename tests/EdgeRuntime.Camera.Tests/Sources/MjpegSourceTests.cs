using System.Diagnostics.CodeAnalysis;

namespace EdgeRuntime.Camera.Tests;

public class MjpegSourceTests
{
    private static byte[] Jpeg() => File.ReadAllBytes(TestData.Path("images/neural-compressor_golden_gate_sq.jpg"));

    [Fact]
    public void Truncated_and_corrupt_frames_are_skipped_and_counted()
    {
        byte[] good = Jpeg();
        var reasons = new List<CameraException>();
        using var source = new MjpegSource(new Camera([good, good[..(good.Length / 3)], [], "not a picture"u8.ToArray(), good])) { OnSkipped = reasons.Add };
        var sequences = new List<long>();
        while (source.TryRead(out Frame? frame))
        {
            sequences.Add(frame.Sequence);
            Assert.Equal((256, 256), (frame.Format.Width, frame.Format.Height));
        }

        Assert.Equal([0, 4], sequences);
        Assert.Equal(new FrameSourceCounters(2, Skipped: 3), source.Counters);
        Assert.All(reasons, r => Assert.Contains("skipped", r.Message));
        Assert.Equal(3, reasons.Count);
    }

    [Fact]
    public void Frames_larger_than_needed_are_decoded_reduced()
    {
        using var source = new MjpegSource(new Camera([Jpeg()]), (96, 96));
        Assert.SkipUnless(PictureDecoder.HasTurboJpeg, "the system has no libturbojpeg");
        Assert.True(source.TryRead(out Frame? frame));
        Assert.Equal((128, 128), (frame.Format.Width, frame.Format.Height));
        Assert.Equal(frame.Format, source.Format);
    }

    [Fact]
    public void Frames_without_Huffman_tables_as_many_cameras_send_them_are_decoded()
    {
        // A grey 8x8 picture, only a DC coefficient of zero and an end of block, coded with the standard tables that the file leaves out.
        byte[] quantization = [0xff, 0xdb, 0, 67, 0, .. Enumerable.Repeat((byte)16, 64)];
        byte[] jpeg =
        [
            0xff, 0xd8, .. quantization,
            0xff, 0xc0, 0, 11, 8, 0, 8, 0, 8, 1, 1, 0x11, 0,
            0xff, 0xda, 0, 8, 1, 1, 0x00, 0, 63, 0,
            0b00_1010_11, 0xff, 0xd9,
        ];
        Assert.SkipUnless(PictureDecoder.HasTurboJpeg, "the system has no libturbojpeg");
        using var source = new MjpegSource(new Camera([jpeg]));
        Assert.True(source.TryRead(out Frame? frame));
        Assert.Equal(new FrameFormat(8, 8, PixelFormat.Grey8), frame.Format);
        Assert.False(frame.Data.ContainsAnyExcept((byte)128));
    }

    private sealed class Camera(byte[][] frames) : IFrameSource
    {
        private readonly Frame frame = new() { Name = "camera" };
        private int next;

        public string Description => "MJPEG camera";

        public FrameFormat? Format => new FrameFormat(256, 256, PixelFormat.Mjpeg);

        public FrameSourceCounters Counters => new(next);

        public bool TryRead([NotNullWhen(true)] out Frame? frame, CancellationToken cancellation = default)
        {
            frame = null;
            if (next == frames.Length)
                return false;
            frames[next].CopyTo(this.frame.Prepare(Format!.Value, frames[next].Length));
            this.frame.Sequence = next++;
            frame = this.frame;
            return true;
        }

        public void Dispose()
        {
        }
    }
}
