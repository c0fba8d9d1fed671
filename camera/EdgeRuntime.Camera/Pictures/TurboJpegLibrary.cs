using System.Runtime.InteropServices;

namespace EdgeRuntime.Camera;

/// <summary>
/// The operating system's libturbojpeg (TurboJPEG API 2, also present in version 3), looked up once at run time. Debian: libturbojpeg0.
/// </summary>
internal sealed unsafe class TurboJpegLibrary
{
    private static readonly Lazy<TurboJpegLibrary?> Loaded = new(Load);

    private TurboJpegLibrary(nint library)
    {
        InitDecompress = (delegate* unmanaged<nint>)NativeLibrary.GetExport(library, "tjInitDecompress");
        Destroy = (delegate* unmanaged<nint, int>)NativeLibrary.GetExport(library, "tjDestroy");
        DecompressHeader = (delegate* unmanaged<nint, byte*, nuint, int*, int*, int*, int*, int>)NativeLibrary.GetExport(library, "tjDecompressHeader3");
        Decompress = (delegate* unmanaged<nint, byte*, nuint, byte*, int, int, int, int, int, int>)NativeLibrary.GetExport(library, "tjDecompress2");
        ErrorText = (delegate* unmanaged<nint, byte*>)NativeLibrary.GetExport(library, "tjGetErrorStr2");
        ErrorCode = (delegate* unmanaged<nint, int>)NativeLibrary.GetExport(library, "tjGetErrorCode");
    }

    /// <summary>The library, or null where the system has none.</summary>
    public static TurboJpegLibrary? Instance => Loaded.Value;

    /// <summary>handle tjInitDecompress()</summary>
    public delegate* unmanaged<nint> InitDecompress { get; }

    /// <summary>int tjDestroy(handle)</summary>
    public delegate* unmanaged<nint, int> Destroy { get; }

    /// <summary>int tjDecompressHeader3(handle, jpeg, length, *width, *height, *subsampling, *colour space)</summary>
    public delegate* unmanaged<nint, byte*, nuint, int*, int*, int*, int*, int> DecompressHeader { get; }

    /// <summary>int tjDecompress2(handle, jpeg, length, destination, width, pitch, height, pixel format, flags)</summary>
    public delegate* unmanaged<nint, byte*, nuint, byte*, int, int, int, int, int, int> Decompress { get; }

    /// <summary>char *tjGetErrorStr2(handle)</summary>
    public delegate* unmanaged<nint, byte*> ErrorText { get; }

    /// <summary>int tjGetErrorCode(handle): 0 for a warning, 1 for a fatal error</summary>
    public delegate* unmanaged<nint, int> ErrorCode { get; }

    private static TurboJpegLibrary? Load()
    {
        foreach (string name in (ReadOnlySpan<string>)["libturbojpeg.so.0", "libturbojpeg.so"])
        {
            if (!NativeLibrary.TryLoad(name, out nint library))
                continue;
            try
            {
                return new TurboJpegLibrary(library);
            }
            catch (EntryPointNotFoundException)
            {
                NativeLibrary.Free(library);
            }
        }

        return null;
    }
}
