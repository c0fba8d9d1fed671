namespace EdgeRuntime.Camera;

/// <summary>One row of a PNG picture: prediction undone, samples brought to 8 bits.</summary>
internal static class PngRow
{
    /// <summary>Adds the prediction of filter 0..4 (none, left, up, average, Paeth) to a row in place.</summary>
    /// <param name="filter">Filter type byte of the row.</param>
    /// <param name="row">The row.</param>
    /// <param name="above">The row above, already unfiltered; zeros for the first.</param>
    /// <param name="distance">Bytes from a sample to the one of the pixel to its left.</param>
    public static void Unfilter(int filter, Span<byte> row, ReadOnlySpan<byte> above, int distance)
    {
        switch (filter)
        {
            case 0:
                break;
            case 1:
                for (int i = distance; i < row.Length; i++)
                    row[i] += row[i - distance];
                break;
            case 2:
                for (int i = 0; i < row.Length; i++)
                    row[i] += above[i];
                break;
            case 3:
                for (int i = 0; i < row.Length; i++)
                    row[i] += (byte)(((i >= distance ? row[i - distance] : 0) + above[i]) / 2);
                break;
            case 4:
                for (int i = 0; i < row.Length; i++)
                    row[i] += i >= distance ? Paeth(row[i - distance], above[i], above[i - distance]) : above[i];
                break;
            case -1:
                throw new EndOfStreamException("its data end before its last row");
            default:
                throw new InvalidDataException($"row filter {filter} is outside 0..4");
        }
    }

    /// <summary>Writes one pixel after the other, <paramref name="step"/> bytes apart, as grey or R, G, B.</summary>
    public static void Expand(ReadOnlySpan<byte> row, PngHeader image, ReadOnlySpan<byte> palette, int width, Span<byte> pixels, int step)
    {
        int depth = image.BitDepth, bytes = image.BitsPerPixel / 8;
        int second = depth / 8, third = second * 2;
        for (int x = 0, t = 0; x < width; x++, t += step)
        {
            switch (image.ColourType)
            {
                case PngHeader.Rgb or PngHeader.Rgba:
                    pixels[t] = row[x * bytes];
                    pixels[t + 1] = row[(x * bytes) + second];
                    pixels[t + 2] = row[(x * bytes) + third];
                    break;
                case PngHeader.Palette:
                    int index = Bits(row, x, depth) * 3;
                    if (index >= palette.Length)
                        throw new InvalidDataException($"colour {index / 3} of a palette of {palette.Length / 3}");
                    palette.Slice(index, 3).CopyTo(pixels[t..]);
                    break;
                default:
                    pixels[t] = depth < 8 ? (byte)(Bits(row, x, depth) * 255 / ((1 << depth) - 1)) : row[x * bytes];
                    break;
            }
        }
    }

    private static int Bits(ReadOnlySpan<byte> row, int x, int depth)
    {
        int bit = x * depth;
        return (row[bit >> 3] >> (8 - depth - (bit & 7))) & ((1 << depth) - 1);
    }

    private static byte Paeth(int left, int above, int corner)
    {
        int estimate = left + above - corner;
        int toLeft = Math.Abs(estimate - left), toAbove = Math.Abs(estimate - above), toCorner = Math.Abs(estimate - corner);
        return (byte)(toLeft <= toAbove && toLeft <= toCorner ? left : toAbove <= toCorner ? above : corner);
    }
}
