using System.Buffers.Binary;

namespace EdgeRuntime.Camera;

/// <summary>Uncompressed Windows bitmaps of 1, 4 and 8 bits with a palette, and of 24 and 32 bits, bottom-up or top-down. A grey palette makes a Grey8 frame.</summary>
internal static class BmpDecoder
{
    private const int FileHeaderLength = 14;

    public static void Decode(ReadOnlySpan<byte> file, Frame frame)
    {
        if (file.Length < FileHeaderLength + 40)
            throw Corrupt($"{file.Length} bytes are less than the headers' {FileHeaderLength + 40}");
        uint dataOffset = BinaryPrimitives.ReadUInt32LittleEndian(file[10..]), headerLength = BinaryPrimitives.ReadUInt32LittleEndian(file[14..]);
        int width = BinaryPrimitives.ReadInt32LittleEndian(file[18..]), signedHeight = BinaryPrimitives.ReadInt32LittleEndian(file[22..]);
        int bits = BinaryPrimitives.ReadUInt16LittleEndian(file[28..]);
        uint compression = BinaryPrimitives.ReadUInt32LittleEndian(file[30..]), coloursUsed = BinaryPrimitives.ReadUInt32LittleEndian(file[46..]);
        if (headerLength < 40 || headerLength > file.Length - FileHeaderLength)
            throw Corrupt($"header of {headerLength} bytes in a file of {file.Length}");
        // A file with bit masks (3) is taken when they are the usual ones: B, G, R and an unused byte.
        bool usualMasks = compression == 3 && bits == 32 && file.Length >= 66 && BinaryPrimitives.ReadUInt32LittleEndian(file[54..]) == 0xff0000
            && BinaryPrimitives.ReadUInt32LittleEndian(file[58..]) == 0xff00 && BinaryPrimitives.ReadUInt32LittleEndian(file[62..]) == 0xff;
        if ((compression != 0 && !usualMasks) || bits is not (1 or 4 or 8 or 24 or 32))
            throw new CameraException(CameraErrorKind.Unsupported, $"BMP picture with {bits} bits and compression {compression}: only uncompressed ones of 1, 4, 8, 24 and 32 bits are supported");
        if (signedHeight == int.MinValue)
            throw Corrupt($"height {signedHeight}");
        int height = Math.Abs(signedHeight);

        ReadOnlySpan<byte> palette = default;
        if (bits <= 8)
        {
            uint colours = coloursUsed == 0 ? 1u << bits : coloursUsed;
            if (colours > 256 || FileHeaderLength + (long)headerLength + (colours * 4) > file.Length)
                throw Corrupt($"palette of {colours} colours in a file of {file.Length} bytes");
            palette = file.Slice(FileHeaderLength + (int)headerLength, (int)colours * 4);
        }

        bool grey = bits <= 8 && IsGrey(palette);
        var format = new FrameFormat(width, height, grey ? PixelFormat.Grey8 : PixelFormat.Rgb24);
        int rowBytes = (int)((((long)width * bits) + 31) / 32 * 4);
        if (dataOffset + ((long)rowBytes * height) > file.Length)
            throw Corrupt($"truncated: {width}x{height} pixels of {bits} bits from byte {dataOffset} on need {dataOffset + ((long)rowBytes * height)} bytes, the file has {file.Length}");
        Span<byte> pixels = frame.Prepare(format);
        for (int y = 0; y < height; y++)
        {
            int stored = signedHeight > 0 ? height - 1 - y : y;
            Expand(file.Slice((int)dataOffset + (stored * rowBytes), rowBytes), bits, palette, grey, pixels.Slice(y * format.Stride, format.Stride));
        }
    }

    private static void Expand(ReadOnlySpan<byte> row, int bits, ReadOnlySpan<byte> palette, bool grey, Span<byte> pixels)
    {
        int channels = grey ? 1 : 3;
        for (int x = 0, t = 0; t < pixels.Length; x++, t += channels)
        {
            ReadOnlySpan<byte> colour;
            if (bits > 8)
                colour = row.Slice(x * (bits / 8), 3);
            else
            {
                int bit = x * bits;
                int index = (row[bit >> 3] >> (8 - bits - (bit & 7))) & ((1 << bits) - 1);
                if (index * 4 >= palette.Length)
                    throw Corrupt($"colour {index} of a palette of {palette.Length / 4}");
                colour = palette.Slice(index * 4, 3);
            }

            pixels[t] = colour[2];
            if (grey)
                continue;
            pixels[t + 1] = colour[1];
            pixels[t + 2] = colour[0];
        }
    }

    private static bool IsGrey(ReadOnlySpan<byte> palette)
    {
        for (int i = 0; i < palette.Length; i += 4)
        {
            if (palette[i] != palette[i + 1] || palette[i] != palette[i + 2])
                return false;
        }

        return true;
    }

    private static CameraException Corrupt(string what) => new(CameraErrorKind.InvalidData, $"corrupt BMP picture: {what}");
}
