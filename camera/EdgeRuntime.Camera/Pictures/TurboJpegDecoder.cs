using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace EdgeRuntime.Camera;

/// <summary>Decodes JPEG data (baseline and progressive) with the system's libturbojpeg, also at a reduced size.</summary>
internal sealed unsafe class TurboJpegDecoder : SafeHandleZeroOrMinusOneIsInvalid
{
    private const int PixelRgb = 0, PixelGrey = 6;
    private const int SpaceGrey = 2, SpaceCmyk = 3, SpaceYcck = 4;
    private const int FlagAccurateDct = 4096, FlagLimitScans = 32768;
    private const int ErrorWarning = 0;
    private readonly TurboJpegLibrary library;

    private TurboJpegDecoder(TurboJpegLibrary library)
        : base(ownsHandle: true)
    {
        this.library = library;
        SetHandle(library.InitDecompress());
    }

    /// <summary>A decoder, or null where the system has no libturbojpeg.</summary>
    public static TurboJpegDecoder? TryCreate()
    {
        if (TurboJpegLibrary.Instance is not { } library)
            return null;
        var decoder = new TurboJpegDecoder(library);
        if (!decoder.IsInvalid)
            return decoder;
        decoder.Dispose();
        return null;
    }

    /// <summary>Decodes into a frame of RGB24, or Grey8 for pictures without colour.</summary>
    /// <param name="jpeg">One JPEG file.</param>
    /// <param name="frame">Receives the picture.</param>
    /// <param name="minWidth">The picture may be reduced by 2, 4 or 8 as long as it keeps this width and <paramref name="minHeight"/>; 0: full size.</param>
    /// <param name="minHeight">See <paramref name="minWidth"/>.</param>
    public void Decode(ReadOnlySpan<byte> jpeg, Frame frame, int minWidth, int minHeight)
    {
        fixed (byte* data = jpeg)
        {
            int width = 0, height = 0, subsampling = 0, space = 0;
            int read = library.DecompressHeader(handle, data, (nuint)jpeg.Length, &width, &height, &subsampling, &space);
            if ((read != 0 && IsFatal()) || width < 1 || height < 1)
                throw new CameraException(CameraErrorKind.InvalidData, $"no JPEG picture: {Message()}");
            if (space is SpaceCmyk or SpaceYcck)
                throw new CameraException(CameraErrorKind.Unsupported, "JPEG pictures in CMYK colours are not supported, only grey and RGB");
            _ = new FrameFormat(width, height, PixelFormat.Rgb24);
            int divisor = Divisor(width, height, minWidth, minHeight);
            bool grey = space == SpaceGrey;
            var format = new FrameFormat((width + divisor - 1) / divisor, (height + divisor - 1) / divisor, grey ? PixelFormat.Grey8 : PixelFormat.Rgb24);
            fixed (byte* pixels = frame.Prepare(format))
            {
                int result = library.Decompress(handle, data, (nuint)jpeg.Length, pixels, format.Width, format.Stride, format.Height,
                    grey ? PixelGrey : PixelRgb, FlagAccurateDct | FlagLimitScans);
                if (result != 0 && (IsFatal() || !IsHarmless()))
                    throw new CameraException(CameraErrorKind.InvalidData, $"corrupt JPEG picture of {width}x{height} in {jpeg.Length} bytes: {Message()}");
            }
        }
    }

    protected override bool ReleaseHandle() => library.Destroy(handle) == 0;

    private static int Divisor(int width, int height, int minWidth, int minHeight)
    {
        if (minWidth <= 0 || minHeight <= 0)
            return 1;
        int divisor = 8;
        while (divisor > 1 && ((width + divisor - 1) / divisor < minWidth || (height + divisor - 1) / divisor < minHeight))
            divisor /= 2;
        return divisor;
    }

    private bool IsFatal() => library.ErrorCode(handle) != ErrorWarning;

    // Some cameras pad between markers: libjpeg warns of it ("Corrupt JPEG data: 3 extraneous bytes before marker 0xd9"), no pixel suffers.
    private bool IsHarmless() => ErrorBytes().IndexOf("extraneous bytes before marker"u8) >= 0;

    private ReadOnlySpan<byte> ErrorBytes() => MemoryMarshal.CreateReadOnlySpanFromNullTerminated(library.ErrorText(handle));

    private string Message() => System.Text.Encoding.UTF8.GetString(ErrorBytes());
}
