using System.Buffers.Binary;
using System.IO.Compression;

namespace EdgeRuntime.Camera.Tests;

/// <summary>Small picture files made here, so that readers can be tested without data sets.</summary>
internal static class PictureSamples
{
    /// <summary>A PNG of random bytes in any of the format's colour types, with all row filters in turn; pixels as the decoder should return them.</summary>
    public static (byte[] File, byte[] Pixels) Png(int width, int height, int colourType, int depth, int seed = 1)
    {
        var random = new Random(seed);
        int samples = colourType switch { 2 => 3, 4 => 2, 6 => 4, _ => 1 };
        int rowBytes = ((width * samples * depth) + 7) / 8, distance = Math.Max(1, samples * depth / 8);
        byte[] palette = new byte[3 << Math.Min(depth, 8)];
        random.NextBytes(palette);
        bool grey = colourType is 0 or 4;
        var pixels = new byte[width * height * (grey ? 1 : 3)];
        byte[] above = new byte[rowBytes], row = new byte[rowBytes];
        using var raw = new MemoryStream();
        for (int y = 0; y < height; y++)
        {
            random.NextBytes(row);
            int filter = y % 5;
            raw.WriteByte((byte)filter);
            for (int i = 0; i < rowBytes; i++)
            {
                int left = i >= distance ? row[i - distance] : 0, up = above[i], corner = i >= distance ? above[i - distance] : 0;
                int estimate = left + up - corner;
                int a = Math.Abs(estimate - left), b = Math.Abs(estimate - up), c = Math.Abs(estimate - corner);
                int paeth = a <= b && a <= c ? left : b <= c ? up : corner;
                raw.WriteByte((byte)(row[i] - filter switch { 1 => left, 2 => up, 3 => (left + up) / 2, 4 => paeth, _ => 0 }));
            }

            for (int x = 0; x < width; x++)
            {
                int bit = x * depth;
                int packed = depth < 8 ? row[bit / 8] >> (8 - depth - (bit % 8)) & ((1 << depth) - 1) : row[x * samples * depth / 8];
                int at = (y * width) + x;
                if (grey)
                    pixels[at] = (byte)(depth < 8 ? packed * 255 / ((1 << depth) - 1) : packed);
                else
                {
                    for (int k = 0; k < 3; k++)
                        pixels[(at * 3) + k] = colourType == 3 ? palette[(packed * 3) + k] : row[((x * samples) + k) * depth / 8];
                }
            }

            (above, row) = (row, above);
        }

        using var file = new MemoryStream();
        file.Write(PngDecoder.Signature);
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        header[8] = (byte)depth;
        header[9] = (byte)colourType;
        WriteChunk(file, "IHDR"u8, header);
        if (colourType == 3)
            WriteChunk(file, "PLTE"u8, palette);
        WriteChunk(file, "IDAT"u8, Deflate(raw.ToArray()));
        WriteChunk(file, "IEND"u8, []);
        return (file.ToArray(), pixels);
    }

    /// <summary>A BMP of random bytes with 24 or 32 bits, or 8 bits and a palette.</summary>
    public static (byte[] File, byte[] Pixels) Bmp(int width, int height, int bits, bool topDown)
    {
        var random = new Random(bits);
        int rowBytes = ((width * bits) + 31) / 32 * 4;
        int paletteBytes = bits == 8 ? 1024 : 0;
        var file = new byte[54 + paletteBytes + (rowBytes * height)];
        random.NextBytes(file.AsSpan(54));
        "BM"u8.CopyTo(file);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(10), 54 + paletteBytes);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(14), 40);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(18), width);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(22), topDown ? -height : height);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(26), 1);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(28), (short)bits);
        var pixels = new byte[width * height * 3];
        for (int y = 0; y < height; y++)
        {
            int row = 54 + paletteBytes + ((topDown ? y : height - 1 - y) * rowBytes);
            for (int x = 0; x < width; x++)
            {
                int colour = bits == 8 ? 54 + (file[row + x] * 4) : row + (x * bits / 8);
                for (int k = 0; k < 3; k++)
                    pixels[(((y * width) + x) * 3) + k] = file[colour + 2 - k];
            }
        }

        return (file, pixels);
    }

    private static byte[] Deflate(byte[] data)
    {
        using var output = new MemoryStream();
        using (var zlib = new ZLibStream(output, CompressionLevel.Fastest))
            zlib.Write(data);
        return output.ToArray();
    }

    private static void WriteChunk(Stream file, ReadOnlySpan<byte> type, byte[] data)
    {
        byte[] body = [.. type, .. data];
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        file.Write(number);
        file.Write(body);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc32.Compute(body));
        file.Write(number);
    }
}
