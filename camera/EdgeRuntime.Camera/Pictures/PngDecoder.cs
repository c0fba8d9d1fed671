using System.Buffers.Binary;
using System.IO.Compression;

namespace EdgeRuntime.Camera;

/// <summary>
/// PNG pictures (ISO/IEC 15948): all colour types and bit depths, interlaced or not, checksums verified. Alpha is dropped, 16-bit samples keep
/// their upper byte. Memory is bounded by the header's size: inflated data beyond it is never read.
/// </summary>
internal static class PngDecoder
{
    private const int HeaderLength = 13;

    public static ReadOnlySpan<byte> Signature => [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

    public static void Decode(ReadOnlySpan<byte> file, Frame frame)
    {
        var chunks = new ChunkReader(file[Signature.Length..]);
        if (!chunks.Next(out ReadOnlySpan<byte> type, out ReadOnlySpan<byte> header) || !type.SequenceEqual("IHDR"u8) || header.Length != HeaderLength)
            throw Corrupt("the first chunk is no IHDR of 13 bytes");
        PngHeader image = PngHeader.Read(header);
        var format = new FrameFormat(image.Width, image.Height, image.IsGrey ? PixelFormat.Grey8 : PixelFormat.Rgb24);
        ReadOnlySpan<byte> palette = default;
        using var compressed = new MemoryStream();
        while (true)
        {
            if (!chunks.Next(out type, out ReadOnlySpan<byte> data))
                throw Corrupt($"truncated after {file.Length} bytes, before the IEND chunk");
            if (type.SequenceEqual("IEND"u8))
                break;
            if (type.SequenceEqual("PLTE"u8))
                palette = data.Length % 3 == 0 && data.Length <= 768 ? data : throw Corrupt($"palette of {data.Length} bytes, a multiple of 3 up to 768 is possible");
            else if (type.SequenceEqual("IDAT"u8))
                compressed.Write(data);
            else if ((type[0] & 0x20) == 0)
                throw new CameraException(CameraErrorKind.Unsupported, $"PNG picture with unknown critical chunk {System.Text.Encoding.ASCII.GetString(type)}");
        }

        if (image.ColourType == PngHeader.Palette && palette.IsEmpty)
            throw Corrupt("palette picture without a PLTE chunk");
        compressed.Position = 0;
        using var inflated = new ZLibStream(compressed, CompressionMode.Decompress);
        try
        {
            Unpack(inflated, image, palette, frame.Prepare(format));
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            throw new CameraException(CameraErrorKind.InvalidData, $"corrupt PNG picture of {image.Width}x{image.Height}: {e.Message}", e);
        }
    }

    private static void Unpack(ZLibStream inflated, PngHeader image, ReadOnlySpan<byte> palette, Span<byte> pixels)
    {
        if (!image.Interlaced)
        {
            UnpackPass(inflated, image, palette, pixels, 0, 0, 1, 1);
            return;
        }

        // Adam7: start column, start row, column step, row step of the seven passes.
        ReadOnlySpan<byte> passes = [0, 0, 8, 8, 4, 0, 8, 8, 0, 4, 4, 8, 2, 0, 4, 4, 0, 2, 2, 4, 1, 0, 2, 2, 0, 1, 1, 2];
        for (int p = 0; p < passes.Length; p += 4)
        {
            if (passes[p] < image.Width && passes[p + 1] < image.Height)
                UnpackPass(inflated, image, palette, pixels, passes[p], passes[p + 1], passes[p + 2], passes[p + 3]);
        }
    }

    private static void UnpackPass(ZLibStream inflated, PngHeader image, ReadOnlySpan<byte> palette, Span<byte> pixels, int startX, int startY, int stepX, int stepY)
    {
        int width = (image.Width - startX + stepX - 1) / stepX;
        int rowBytes = (int)((((long)width * image.BitsPerPixel) + 7) / 8);
        int distance = Math.Max(1, image.BitsPerPixel / 8);
        byte[] current = new byte[rowBytes], previous = new byte[rowBytes];
        int channels = image.IsGrey ? 1 : 3;
        for (int y = startY; y < image.Height; y += stepY)
        {
            int filter = inflated.ReadByte();
            inflated.ReadExactly(current);
            PngRow.Unfilter(filter, current, previous, distance);
            PngRow.Expand(current, image, palette, width, pixels[(((y * image.Width) + startX) * channels)..], stepX * channels);
            (current, previous) = (previous, current);
        }
    }

    private static CameraException Corrupt(string what) => new(CameraErrorKind.InvalidData, $"corrupt PNG picture: {what}");

    private ref struct ChunkReader(ReadOnlySpan<byte> rest)
    {
        private ReadOnlySpan<byte> rest = rest;

        public bool Next(out ReadOnlySpan<byte> type, out ReadOnlySpan<byte> data)
        {
            type = data = default;
            if (rest.Length < 12)
                return false;
            uint length = BinaryPrimitives.ReadUInt32BigEndian(rest);
            if (length > rest.Length - 12)
                throw Corrupt($"a chunk of {length} bytes, but only {rest.Length - 12} are left");
            type = rest.Slice(4, 4);
            data = rest.Slice(8, (int)length);
            uint stored = BinaryPrimitives.ReadUInt32BigEndian(rest[(8 + (int)length)..]);
            uint computed = Crc32.Compute(rest.Slice(4, 4 + (int)length));
            if (stored != computed)
                throw Corrupt($"checksum {computed:x8} of a chunk of {length} bytes is not the stored {stored:x8}");
            rest = rest[(12 + (int)length)..];
            return true;
        }
    }
}
