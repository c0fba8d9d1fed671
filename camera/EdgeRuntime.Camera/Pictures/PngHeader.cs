using System.Buffers.Binary;

namespace EdgeRuntime.Camera;

/// <summary>The IHDR chunk, checked.</summary>
internal readonly record struct PngHeader(int Width, int Height, int BitDepth, int ColourType, bool Interlaced)
{
    public const int Grey = 0, Rgb = 2, Palette = 3, GreyAlpha = 4, Rgba = 6;

    public bool IsGrey => ColourType is Grey or GreyAlpha;

    public int BitsPerPixel => BitDepth * ColourType switch { Rgb => 3, Rgba => 4, GreyAlpha => 2, _ => 1 };

    public static PngHeader Read(ReadOnlySpan<byte> data)
    {
        uint width = BinaryPrimitives.ReadUInt32BigEndian(data), height = BinaryPrimitives.ReadUInt32BigEndian(data[4..]);
        int depth = data[8], type = data[9];
        bool known = type switch
        {
            Grey => depth is 1 or 2 or 4 or 8 or 16,
            Palette => depth is 1 or 2 or 4 or 8,
            Rgb or GreyAlpha or Rgba => depth is 8 or 16,
            _ => false,
        };
        if (!known || data[10] != 0 || data[11] != 0 || data[12] > 1)
        {
            throw new CameraException(CameraErrorKind.InvalidData,
                $"corrupt PNG picture: colour type {type}, depth {depth}, compression {data[10]}, filter {data[11]}, interlace {data[12]} are no possible combination");
        }

        if (width > FrameFormat.MaxSide || height > FrameFormat.MaxSide)
            throw new CameraException(CameraErrorKind.LimitExceeded, $"PNG picture of {width}x{height} is above the limit of {FrameFormat.MaxSide} per side");
        return new PngHeader((int)width, (int)height, depth, type, data[12] == 1);
    }
}
