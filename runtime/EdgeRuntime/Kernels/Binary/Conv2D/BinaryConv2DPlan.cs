using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels.Binary.Conv2D;

/// <summary>
/// How an optimised binary convolution walks: output rows in bands whose input stays in the first-level cache, filters in blocks of eight whose weights do,
/// pixels in tiles of four. Activations of a band are copied with their border into scratch, so that the inner loop has no conditions: a
/// pixel of the output is one offset, a chunk of the window another.
/// </summary>
internal sealed class BinaryConv2DPlan
{
    /// <summary>Filters of a block: one lane of int16 popcounts each.</summary>
    public const int BlockFilters = 8;

    /// <summary>Pixels of a tile.</summary>
    public const int TilePixels = 4;

    /// <summary>Bytes that a band of activations should not exceed: leaves room for a block of weights in 32 KB.</summary>
    private const int BandBytes = 12 * 1024;

    /// <summary>Units that the work is cut into at least, where there are enough filters, for threads to share.</summary>
    private const int MinUnits = 8;

    /// <param name="geometry">The layer.</param>
    /// <param name="output">Type of the first output.</param>
    /// <param name="laneBytes">Bytes of a chunk: consecutive channels of one tap that are compared at once.</param>
    /// <param name="storedBytes">Bytes that a chunk takes in scratch: <paramref name="laneBytes"/>, or a multiple if it is repeated to fill a vector.</param>
    public BinaryConv2DPlan(BinaryGeometry geometry, DataType output, int laneBytes, int storedBytes)
    {
        Geometry = geometry;
        LaneBytes = laneBytes;
        StoredBytes = storedBytes;
        WindowAxis rows = geometry.Rows;
        WindowAxis columns = geometry.Columns;
        GroupWords = DataTypes.WordsFor(geometry.GroupIn);
        ChunksPerTap = GroupWords * 4 / laneBytes;
        PixelBytes = ChunksPerTap * storedBytes;
        int reachRows = (rows.Output - 1) * rows.Stride + (rows.Filter - 1) * rows.Dilation + 1;
        int reachColumns = (columns.Output - 1) * columns.Stride + (columns.Filter - 1) * columns.Dilation + 1;
        InPlace = geometry.Groups == 1 && storedBytes == laneBytes && rows.PadBefore == 0 && columns.PadBefore == 0
            && reachRows <= rows.Input && reachColumns <= columns.Input;
        ScratchColumns = InPlace ? columns.Input : reachColumns;
        int rowBytes = ScratchColumns * PixelBytes;
        int bandRows = rows.Output;
        while (bandRows > 1 && ScratchRowsOf(bandRows) * (long)rowBytes > BandBytes && (bandRows - 1) * columns.Output >= 4 * TilePixels)
            bandRows--;
        Bands = (rows.Output + bandRows - 1) / bandRows;
        BandRows = (rows.Output + Bands - 1) / Bands;
        ScratchRows = ScratchRowsOf(BandRows);
        ScratchBytes = InPlace ? 0 : checked(ScratchRows * rowBytes);

        ChunkOffsets = new int[rows.Filter * columns.Filter * ChunksPerTap];
        for (int i = 0; i < ChunkOffsets.Length; i++)
        {
            int tap = i / ChunksPerTap;
            ChunkOffsets[i] = tap / columns.Filter * rows.Dilation * rowBytes + tap % columns.Filter * columns.Dilation * PixelBytes + i % ChunksPerTap * storedBytes;
        }

        PixelOffsets = new int[BandRows * columns.Output];
        for (int i = 0; i < PixelOffsets.Length; i++)
            PixelOffsets[i] = i / columns.Output * rows.Stride * rowBytes + i % columns.Output * columns.Stride * PixelBytes;

        Blocks = FindBlocks(geometry, output);
        int runs = Math.Clamp((MinUnits + Bands * geometry.Batches - 1) / (Bands * geometry.Batches), 1, Blocks.Length);
        BlocksPerUnit = (Blocks.Length + runs - 1) / runs;
        UnitsPerBand = (Blocks.Length + BlocksPerUnit - 1) / BlocksPerUnit;
    }

    public BinaryGeometry Geometry { get; }

    public int LaneBytes { get; }

    public int StoredBytes { get; }

    /// <summary>Words of one tap of one filter.</summary>
    public int GroupWords { get; }

    public int ChunksPerTap { get; }

    /// <summary>Bytes of a pixel in scratch.</summary>
    public int PixelBytes { get; }

    /// <summary>The window never leaves the picture and the layout fits: no copy is needed.</summary>
    public bool InPlace { get; }

    public int ScratchColumns { get; }

    public int ScratchRows { get; }

    public int ScratchBytes { get; }

    /// <summary>Bands of an image, of <see cref="BandRows"/> rows each; the last one has those that are left, but no less than a tile of pixels.</summary>
    public int Bands { get; }

    public int BandRows { get; }

    /// <summary>Position of each chunk of the window, relative to a pixel.</summary>
    public int[] ChunkOffsets { get; }

    /// <summary>Position of each output pixel of a band.</summary>
    public int[] PixelOffsets { get; }

    /// <summary>First filter of each block.</summary>
    public int[] Blocks { get; }

    public int BlocksPerUnit { get; }

    public int UnitsPerBand { get; }

    public int Units => Geometry.Batches * Bands * UnitsPerBand;

    /// <summary>First output row of a band of an image.</summary>
    public int FirstRow(int band)
    {
        int columns = Geometry.Columns.Output;
        int least = Math.Min((TilePixels + columns - 1) / columns, BandRows);
        return Math.Min(band * BandRows, Geometry.Rows.Output - least);
    }

    /// <summary>Output pixels of the band that begins at a row.</summary>
    public int Pixels(int firstRow) => Math.Min(BandRows, Geometry.Rows.Output - firstRow) * Geometry.Columns.Output;

    /// <summary>
    /// Whether the blocks fit: filters that fill them, popcounts that fit an int16, an output transform without magnitudes, and an even number of products where accumulators
    /// are clamped.
    /// </summary>
    public static bool Supports(BinaryGeometry geometry, BinaryOutput output)
    {
        int filters = geometry.GroupOut;
        bool filtersFit = filters % BlockFilters == 0
            || (output.Type == DataType.Bit ? geometry.Groups == 1 : filters > BlockFilters && !output.HasSigns);
        bool unbordered = geometry.ZeroPadding && (geometry.GroupIn % 2 != 0 || Math.Max(geometry.Rows.Filter, geometry.Columns.Filter) > BinaryBorder.MaxFilter);
        return filtersFit && !unbordered && geometry.Products <= short.MaxValue && !geometry.IsDepthwise && !output.HasMagnitudes
            && (output.Type == DataType.Bit || !output.ClampsAccumulator || geometry.Products % 2 == 0);
    }

    private int ScratchRowsOf(int outputRows)
    {
        WindowAxis rows = Geometry.Rows;
        return (outputRows - 1) * rows.Stride + (rows.Filter - 1) * rows.Dilation + 1;
    }

    /// <summary>
    /// Blocks of eight filters; the last one of a group reaches back so as to be full (the same results are written twice), or, where there is
    /// only one group with packed output, is filled up with filters that are never stored.
    /// </summary>
    private static int[] FindBlocks(BinaryGeometry geometry, DataType output)
    {
        var blocks = new List<int>();
        for (int g = 0; g < geometry.Groups; g++)
        {
            for (int f = 0; f < geometry.GroupOut; f += BlockFilters)
                blocks.Add(g * geometry.GroupOut + (output == DataType.Bit ? f : Math.Min(f, geometry.GroupOut - BlockFilters)));
        }

        return [.. blocks];
    }
}
