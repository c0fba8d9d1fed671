using System.Diagnostics.CodeAnalysis;

namespace EdgeRuntime.Camera;

/// <summary>Frames from still pictures: one file, or the pictures of a directory in the order of their names.</summary>
public sealed class PictureSource : IFrameSource
{
    private static readonly string[] Extensions = [".jpg", ".jpeg", ".png", ".bmp"];
    private readonly string[] paths;
    private readonly bool skipUnreadable, loop;
    private readonly PictureDecoder decoder = new();
    private readonly BoundedFileReader reader = new();
    private readonly Frame frame = new();
    private int next;
    private long delivered, skipped;
    private bool deliveredInRound;

    private PictureSource(string description, string[] paths, bool skipUnreadable, bool loop)
    {
        Description = description;
        this.paths = paths;
        this.skipUnreadable = skipUnreadable;
        this.loop = loop;
    }

    /// <summary>A JPEG picture larger than this is decoded at a half, quarter or eighth, as long as it keeps this size; 0 for full size.
    /// Set it to the network's input where pictures are much larger.</summary>
    public (int Width, int Height) EnoughSize { get; init; }

    /// <inheritdoc/>
    public string Description { get; }

    /// <inheritdoc/>
    public FrameFormat? Format => null;

    /// <inheritdoc/>
    public FrameSourceCounters Counters => new(delivered, Skipped: skipped);

    /// <summary>Called with the reason for each file of a directory that is skipped.</summary>
    public Action<CameraException>? OnSkipped { get; set; }

    /// <summary>One picture; it is decoded when it is read, and a file that is no picture fails then.</summary>
    /// <param name="path">The file.</param>
    /// <param name="loop">Whether the picture is delivered again and again.</param>
    /// <param name="enoughSize">See <see cref="EnoughSize"/>.</param>
    /// <exception cref="CameraException">There is no such file.</exception>
    public static PictureSource FromFile(string path, bool loop = false, (int Width, int Height) enoughSize = default)
    {
        if (!File.Exists(path))
            throw new CameraException(CameraErrorKind.NotFound, $"{path}: no such file");
        return new PictureSource($"picture {path}", [path], skipUnreadable: false, loop) { EnoughSize = enoughSize };
    }

    /// <summary>All *.jpg, *.jpeg, *.png and *.bmp files of a directory in ordinal order of their names; unreadable ones are skipped and counted.</summary>
    /// <param name="path">The directory; directories inside are not visited.</param>
    /// <param name="loop">Whether to begin again after the last picture, until none of them can be read.</param>
    /// <param name="enoughSize">See <see cref="EnoughSize"/>.</param>
    /// <exception cref="CameraException">There is no such directory, or no picture in it.</exception>
    public static PictureSource FromDirectory(string path, bool loop = false, (int Width, int Height) enoughSize = default)
    {
        string[] files;
        try
        {
            files = Directory.GetFiles(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw FileErrors.Of(path, e);
        }

        string[] pictures = [.. files.Where(f => Extensions.Contains(Path.GetExtension(f), StringComparer.OrdinalIgnoreCase)).Order(StringComparer.Ordinal)];
        if (pictures.Length == 0)
            throw new CameraException(CameraErrorKind.NotFound, $"{path}: none of its {files.Length} files is named {string.Join(", ", Extensions)}");
        return new PictureSource($"{pictures.Length} pictures of {path}", pictures, skipUnreadable: true, loop) { EnoughSize = enoughSize };
    }

    /// <inheritdoc/>
    public bool TryRead([NotNullWhen(true)] out Frame? frame, CancellationToken cancellation = default)
    {
        frame = null;
        while (!cancellation.IsCancellationRequested && AdvanceRound())
        {
            string path = paths[next++];
            try
            {
                decoder.DecodeFile(reader, path, this.frame, EnoughSize.Width, EnoughSize.Height);
            }
            catch (CameraException e) when (skipUnreadable)
            {
                skipped++;
                OnSkipped?.Invoke(e);
                continue;
            }

            deliveredInRound = true;
            this.frame.Name = path;
            this.frame.Sequence = delivered++;
            this.frame.Timestamp = Frame.Now;
            frame = this.frame;
            return true;
        }

        return false;
    }

    /// <inheritdoc/>
    public void Dispose() => decoder.Dispose();

    // At the end of the list: begins again when looping, unless a whole round delivered nothing.
    private bool AdvanceRound()
    {
        if (next < paths.Length)
            return true;
        if (!loop || !deliveredInRound)
            return false;
        next = 0;
        deliveredInRound = false;
        return true;
    }
}
