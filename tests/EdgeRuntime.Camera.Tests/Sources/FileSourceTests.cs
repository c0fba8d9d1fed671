namespace EdgeRuntime.Camera.Tests;

public class FileSourceTests
{
    [Fact]
    public void A_directory_is_read_in_the_order_of_names_and_unreadable_files_are_skipped()
    {
        using var directory = new TemporaryDirectory();
        directory.Write("b.bmp", PictureSamples.Bmp(4, 3, 24, false).File);
        directory.Write("a.PNG", PictureSamples.Png(5, 6, 2, 8).File);
        directory.Write("c.jpg", "no picture"u8.ToArray());
        directory.Write("notes.txt", "no picture"u8.ToArray());
        var reasons = new List<CameraException>();
        using var source = PictureSource.FromDirectory(directory.Path);
        source.OnSkipped = reasons.Add;
        var names = new List<string>();
        while (source.TryRead(out Frame? frame))
            names.Add(Path.GetFileName(frame.Name));
        Assert.Equal(["a.PNG", "b.bmp"], names);
        Assert.Equal(new FrameSourceCounters(2, Skipped: 1), source.Counters);
        Assert.Contains("c.jpg", Assert.Single(reasons).Message);
    }

    [Fact]
    public void Looping_goes_on_until_nothing_can_be_read()
    {
        using var directory = new TemporaryDirectory();
        directory.Write("a.bmp", PictureSamples.Bmp(4, 3, 24, false).File);
        using var source = new LimitedSource(PictureSource.FromDirectory(directory.Path, loop: true), 5);
        int count = 0;
        while (source.TryRead(out _))
            count++;
        Assert.Equal(5, count);
        directory.Write("a.bmp", [1, 2, 3]);
        using var broken = PictureSource.FromDirectory(directory.Path, loop: true);
        Assert.False(broken.TryRead(out _));
    }

    [Fact]
    public void Missing_files_and_directories_without_pictures_are_named()
    {
        using var directory = new TemporaryDirectory();
        Assert.Contains(directory.Path, Assert.Throws<CameraException>(() => PictureSource.FromDirectory(directory.Path)).Message);
        Assert.Equal(CameraErrorKind.NotFound, Assert.Throws<CameraException>(() => PictureSource.FromDirectory(directory.File("none"))).Kind);
        Assert.Equal(CameraErrorKind.NotFound, Assert.Throws<CameraException>(() => PictureSource.FromFile(directory.File("none"))).Kind);
    }

    [Fact]
    public void Raw_frames_are_read_one_after_the_other()
    {
        using var directory = new TemporaryDirectory();
        var format = new FrameFormat(4, 2, PixelFormat.Yuyv);
        string path = directory.Write("raw", [.. Enumerable.Range(0, 48).Select(i => (byte)i)]);
        using var source = new RawFileSource(path, format);
        for (int i = 0; i < 3; i++)
        {
            Assert.True(source.TryRead(out Frame? frame));
            Assert.Equal(i, frame.Sequence);
            Assert.Equal(Enumerable.Range(i * 16, 16).Select(v => (byte)v), frame.Data.ToArray());
        }

        Assert.False(source.TryRead(out _));
        using var looped = new LimitedSource(new RawFileSource(path, format, loop: true), 7);
        int count = 0;
        while (looped.TryRead(out _))
            count++;
        Assert.Equal(7, count);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(15)]
    [InlineData(17)]
    public void A_raw_file_of_another_length_is_refused(int length)
    {
        using var directory = new TemporaryDirectory();
        string path = directory.Write("raw", new byte[length]);
        CameraException e = Assert.Throws<CameraException>(() => new RawFileSource(path, new FrameFormat(4, 2, PixelFormat.Yuyv)));
        Assert.Equal(CameraErrorKind.InvalidData, e.Kind);
        Assert.Contains($"{length} bytes", e.Message);
        Assert.Contains("16 bytes", e.Message);
    }

    [Fact]
    public void A_rate_paces_frames_and_cancellation_ends_the_waiting()
    {
        using var source = new PacedSource(new MovingBars(32, 32, PixelFormat.Grey8), 50);
        TimeSpan start = Frame.Now;
        for (int i = 0; i < 6; i++)
            Assert.True(source.TryRead(out _));
        Assert.True(Frame.Now - start >= TimeSpan.FromMilliseconds(95));
        using var slow = new PacedSource(new MovingBars(32, 32, PixelFormat.Grey8), 0.01);
        Assert.True(slow.TryRead(out _));
        using var stop = new CancellationTokenSource(30);
        Assert.False(slow.TryRead(out _, stop.Token));
    }
}
