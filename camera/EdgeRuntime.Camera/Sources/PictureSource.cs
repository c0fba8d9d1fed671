using System.Diagnostics.CodeAnalysis;

namespace EdgeRuntime.Camera;

/// <summary>Frames from still pictures: one file, or the pictures of a directory in the order of their names.</summary>
public sealed class PictureSource : IFrameSource
{
    private static readonly string[] s_extensions = [".jpg", ".jpeg", ".png", ".bmp"];
    private readonly string[] _paths;
    private readonly bool _skipUnreadable, _loop;
    private readonly PictureDecoder _decoder = new();
    private readonly BoundedFileReader _reader = new();
    private readonly Frame _frame = new();
    private int _next;
    private long _delivered, _skipped;
    private bool _deliveredInRound;

    private PictureSource(string description, string[] paths, bool skipUnreadable, bool loop)
    {
        Description = description;
        _paths = paths;
        _skipUnreadable = skipUnreadable;
        _loop = loop;
    }

    /// <summary>A JPEG picture larger than this is decoded at a half, quarter or eighth, as long as it keeps this size; 0 for full size.
    /// Set it to the network's input where pictures are much larger.</summary>
    public (int Width, int Height) EnoughSize { get; init; }

    /// <inheritdoc/>
    public string Description { get; }

    /// <inheritdoc/>
    public FrameFormat? Format => null;

    /// <inheritdoc/>
    public FrameSourceCounters Counters => new(_delivered, Skipped: _skipped);

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

        string[] pictures = [.. files.Where(f => s_extensions.Contains(Path.GetExtension(f), StringComparer.OrdinalIgnoreCase)).Order(StringComparer.Ordinal)];
        if (pictures.Length == 0)
            throw new CameraException(CameraErrorKind.NotFound, $"{path}: none of its {files.Length} files is named {string.Join(", ", s_extensions)}");
        return new PictureSource($"{pictures.Length} pictures of {path}", pictures, skipUnreadable: true, loop) { EnoughSize = enoughSize };
    }

    /// <inheritdoc/>
    public bool TryRead([NotNullWhen(true)] out Frame? frame, CancellationToken cancellation = default)
    {
        frame = null;
        while (!cancellation.IsCancellationRequested && AdvanceRound())
        {
            string path = _paths[_next++];
            try
            {
                _decoder.DecodeFile(_reader, path, _frame, EnoughSize.Width, EnoughSize.Height);
            }
            catch (CameraException e) when (_skipUnreadable)
            {
                _skipped++;
                OnSkipped?.Invoke(e);
                continue;
            }

            _deliveredInRound = true;
            _frame.Name = path;
            _frame.Sequence = _delivered++;
            _frame.Timestamp = Frame.Now;
            frame = _frame;
            return true;
        }

        return false;
    }

    /// <inheritdoc/>
    public void Dispose() => _decoder.Dispose();

    // At the end of the list: begins again when looping, unless a whole round delivered nothing.
    private bool AdvanceRound()
    {
        if (_next < _paths.Length)
            return true;
        if (!_loop || !_deliveredInRound)
            return false;
        _next = 0;
        _deliveredInRound = false;
        return true;
    }
}
