namespace EdgeRuntime.Camera.Tests;

public class FramePreprocessorTests
{
    [Fact]
    public void Nothing_is_allocated_per_frame_after_the_first()
    {
        using var directory = new TemporaryDirectory();
        string raw = directory.Write("raw", new byte[64 * 48 * 3 / 2 * 2]);
        IFrameSource[] sources =
        [
            new SyntheticDigits(64, 48, PixelFormat.Yuyv), new MovingBars(64, 48, PixelFormat.Nv12),
            new RawFileSource(raw, new FrameFormat(64, 48, PixelFormat.Yuv420), loop: true), new LimitedSource(new MovingBars(64, 48, PixelFormat.Rgb24), 1000),
        ];
        foreach (IFrameSource source in sources)
        {
            var preprocessor = new FramePreprocessor(new FrameTransform { Width = 33, Height = 31, Fit = FitMode.Letterbox });
            var quantized = new sbyte[preprocessor.ElementCount];
            var real = new float[preprocessor.ElementCount];
            long before = 0;
            for (int i = 0; i < 60; i++)
            {
                if (i == 40)
                    before = GC.GetAllocatedBytesForCurrentThread();
                Assert.True(source.TryRead(out Frame? frame));
                preprocessor.Run(frame, quantized);
                preprocessor.Run(frame, real);
            }

            Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
            source.Dispose();
        }
    }

    [Fact]
    public void Every_constant_picture_stays_constant_at_any_size()
    {
        foreach (ResizeFilter filter in Enum.GetValues<ResizeFilter>())
        {
            foreach (int size in (int[])[1, 7, 32, 100])
            {
                var preprocessor = new FramePreprocessor(new FrameTransform { Width = size, Height = size, Filter = filter });
                var tensor = new sbyte[preprocessor.ElementCount];
                foreach (byte value in (byte[])[0, 1, 127, 254, 255])
                {
                    var frame = new Frame();
                    frame.Prepare(new FrameFormat(31, 33, PixelFormat.Rgb24)).Fill(value);
                    preprocessor.Run(frame, tensor);
                    Assert.False(tensor.AsSpan().ContainsAnyExcept((sbyte)(value - 128)));
                }
            }
        }
    }

    [Fact]
    public void A_frame_of_the_network_s_size_passes_unchanged()
    {
        var frame = new Frame();
        Span<byte> pixels = frame.Prepare(new FrameFormat(20, 10, PixelFormat.Rgb24));
        new Random(1).NextBytes(pixels);
        var preprocessor = new FramePreprocessor(new FrameTransform { Width = 20, Height = 10 });
        var tensor = new sbyte[600];
        preprocessor.Run(frame, tensor);
        Assert.Equal(pixels.ToArray().Select(p => (sbyte)(p - 128)), tensor);
    }

    [Theory]
    [InlineData(16, 128, 128, 0, 0, 0)]
    [InlineData(235, 128, 128, 255, 255, 255)]
    [InlineData(81, 90, 240, 255, 0, 0)]
    [InlineData(145, 54, 34, 0, 255, 0)]
    [InlineData(41, 240, 110, 0, 0, 255)]
    [InlineData(126, 128, 128, 128, 128, 128)]
    public void Known_colours_of_BT601_come_out_right(byte y, byte u, byte v, int red, int green, int blue)
    {
        foreach (PixelFormat format in (PixelFormat[])[PixelFormat.Yuyv, PixelFormat.Uyvy, PixelFormat.Nv12, PixelFormat.Yuv420])
        {
            var frame = new Frame();
            Span<byte> data = frame.Prepare(new FrameFormat(4, 4, format));
            for (int i = 0; i < data.Length; i++)
            {
                data[i] = format switch
                {
                    PixelFormat.Yuyv => (i % 4) switch { 1 => u, 3 => v, _ => y },
                    PixelFormat.Uyvy => (i % 4) switch { 0 => u, 2 => v, _ => y },
                    PixelFormat.Nv12 => i < 16 ? y : i % 2 == 0 ? u : v,
                    _ => i < 16 ? y : i < 20 ? u : v,
                };
            }

            var preprocessor = new FramePreprocessor(new FrameTransform { Width = 2, Height = 2 });
            var tensor = new float[12];
            preprocessor.Run(frame, tensor);
            Assert.InRange(tensor[0], red - 2, red + 2);
            Assert.InRange(tensor[1], green - 2, green + 2);
            Assert.InRange(tensor[2], blue - 2, blue + 2);
        }
    }

    [Fact]
    public void Layouts_normalisation_and_bars_are_as_described()
    {
        var frame = new Frame();
        Span<byte> pixels = frame.Prepare(new FrameFormat(4, 2, PixelFormat.Rgb24));
        for (int i = 0; i < pixels.Length; i++)
            pixels[i] = (byte)(i % 3 * 100);
        var transform = new FrameTransform { Width = 4, Height = 4, Fit = FitMode.Letterbox, Fill = 50, Mean = [10, 20, 30], Std = [2, 4, 5], Layout = OutputLayout.Nchw };
        var tensor = new float[48];
        new FramePreprocessor(transform).Run(frame, tensor);
        Assert.Equal([20, 20, 20, 20, -5, -5, -5, -5, -5, -5, -5, -5, 20, 20, 20, 20], tensor[..16]);
        Assert.Equal([7.5f, 20f, 20f, 7.5f], new[] { tensor[16], tensor[20], tensor[24], tensor[28] });
        new FramePreprocessor(transform with { Layout = OutputLayout.Nhwc }).Run(frame, tensor);
        Assert.Equal([20, 7.5f, 4, 20, 7.5f, 4], tensor[..6]);
        Assert.Equal([-5, 20, 34], tensor[12..15]);
    }

    /// <summary>B, G, R is the same tensor with the channels in the other order, by every path: tables, vectors, both layouts and types.</summary>
    [Theory]
    [InlineData(OutputLayout.Nhwc)]
    [InlineData(OutputLayout.Nchw)]
    public void Blue_first_exchanges_the_first_and_the_last_channel(OutputLayout layout)
    {
        var frame = new Frame();
        new Random(7).NextBytes(frame.Prepare(new FrameFormat(37, 21, PixelFormat.Rgb24)));
        var red = new FrameTransform { Width = 19, Height = 21, Fit = FitMode.Letterbox, Fill = 9, Mean = [10, 20, 30], Std = [2, 4, 5], Scale = 0.5, ZeroPoint = -20, Layout = layout };
        FrameTransform blue = red with { BlueFirst = true, Mean = [30, 20, 10], Std = [5, 4, 2] };
        foreach (RowKernels? kernels in (RowKernels?[])[null, RowKernels.Best])
        {
            var first = new FramePreprocessor(red, kernels);
            var second = new FramePreprocessor(blue, kernels);
            sbyte[] a = new sbyte[first.ElementCount], b = new sbyte[first.ElementCount];
            float[] c = new float[first.ElementCount], d = new float[first.ElementCount];
            first.Run(frame, a);
            second.Run(frame, b);
            first.Run(frame, c);
            second.Run(frame, d);
            int pixels = 19 * 21;
            for (int i = 0; i < a.Length; i++)
            {
                int other = layout == OutputLayout.Nhwc ? i + 2 - (2 * (i % 3)) : i + ((2 - (2 * (i / pixels))) * pixels);
                Assert.Equal((a[i], c[i]), (b[other], d[other]));
            }
        }
    }

    [Fact]
    public void A_reduction_by_ten_keeps_no_alias_of_fine_stripes()
    {
        var frame = new Frame();
        Span<byte> pixels = frame.Prepare(new FrameFormat(200, 200, PixelFormat.Grey8));
        for (int i = 0; i < pixels.Length; i++)
            pixels[i] = (byte)(i % 2 * 255);
        var tensor = new float[400];
        new FramePreprocessor(new FrameTransform { Width = 20, Height = 20, Channels = 1 }).Run(frame, tensor);
        Assert.All(tensor, t => Assert.InRange(t, 120, 135));
    }

    [Fact]
    public void Wrong_arguments_are_refused_with_value_and_limit()
    {
        var good = new FrameTransform { Width = 8, Height = 8 };
        foreach ((FrameTransform bad, string value) in new[]
        {
            (good with { Width = 5000 }, "5000"), (good with { Height = 0 }, "0"), (good with { Channels = 2 }, "2"), (good with { CropFraction = 1.5 }, "1.5"),
            (good with { Scale = 0 }, "0"), (good with { ZeroPoint = 200 }, "200"), (good with { Std = [0.0] }, "0"), (good with { Mean = [1, 2] }, "2"), (good with { Channels = 1, BlueFirst = true }, "1"),
        })
            Assert.Contains(value, Assert.Throws<CameraException>(() => new FramePreprocessor(bad)).Message);

        var preprocessor = new FramePreprocessor(good);
        Assert.Throws<CameraException>(() => preprocessor.Run(new Frame(), new sbyte[192]));
        Assert.Throws<CameraException>(() => preprocessor.Run(new Frame(new FrameFormat(4, 4, PixelFormat.Rgb24)), new sbyte[191]));
        Assert.Throws<CameraException>(() => preprocessor.Run(new Frame(new FrameFormat(4, 4, PixelFormat.Mjpeg)), new sbyte[192]));
    }
}
