using System.Buffers;
using System.IO.MemoryMappedFiles;
using Microsoft.Win32.SafeHandles;

namespace EdgeRuntime.Model.Format;

/// <summary>
/// A file mapped read-only. Each pin holds a reference to the mapping, so that memory which a kernel still uses outlives <see cref="IDisposable.Dispose"/>.
/// </summary>
internal sealed unsafe class MappedFile : MemoryManager<byte>
{
    private readonly MemoryMappedFile mapping;
    private readonly MemoryMappedViewAccessor view;
    private readonly SafeMemoryMappedViewHandle handle;
    private readonly byte* address;
    private readonly int length;

    private MappedFile(MemoryMappedFile mapping, int length)
    {
        this.mapping = mapping;
        this.length = length;
        view = mapping.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read);
        handle = view.SafeMemoryMappedViewHandle;
        address = (byte*)handle.DangerousGetHandle() + view.PointerOffset;
    }

    /// <summary>Maps a file.</summary>
    /// <exception cref="EdgeModelException">It cannot be opened, is no regular file, or is empty or too long.</exception>
    public static MappedFile Open(string path)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0);
            if (!stream.CanSeek)
                throw new EdgeModelException(ModelError.Unreadable, $"'{path}' is no regular file");
            long length = stream.Length;
            if (length == 0)
                throw new EdgeModelException(ModelError.NotAModel, $"'{path}' is empty");
            if (length > EdgeFile.MaxFileLength)
                throw new EdgeModelException(ModelError.TooLarge, $"'{path}' has {length} bytes; the limit is {EdgeFile.MaxFileLength}");
            var mapping = MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
            try
            {
                return new MappedFile(mapping, (int)length);
            }
            catch
            {
                mapping.Dispose();
                throw;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new EdgeModelException(ModelError.Unreadable, $"'{path}' cannot be read: {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    public override Span<byte> GetSpan()
    {
        ObjectDisposedException.ThrowIf(handle.IsClosed, this);
        return new Span<byte>(address, length);
    }

    /// <inheritdoc/>
    public override MemoryHandle Pin(int elementIndex = 0)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)elementIndex, (uint)length, nameof(elementIndex));
        bool added = false;
        handle.DangerousAddRef(ref added);
        return new MemoryHandle(address + elementIndex, default, this);
    }

    /// <inheritdoc/>
    public override void Unpin() => handle.DangerousRelease();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (!disposing)
            return;
        view.Dispose();
        mapping.Dispose();
    }
}
