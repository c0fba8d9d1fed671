using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels.Binary.Conv2D;

/// <summary>
/// Exact zero padding. The inner loops read +1 (bit 0) outside the picture; a position that should be 0 has then added its weight to the accumulator, half
/// of that with opposite sign to the popcount. Popcounts therefore start at half the sum of the weights that lie outside, which depends only on
/// which rows and columns of the window do.
/// </summary>
internal sealed unsafe class BinaryBorder : IDisposable
{
    private readonly NativeBuffer starts;
    private readonly NativeBuffer offsets;
    private readonly int classes;
    private readonly int columns;

    public BinaryBorder(BinaryConv2DPlan plan, uint* weights)
    {
        BinaryGeometry g = plan.Geometry;
        columns = g.Columns.Output;
        var known = new Dictionary<(long, long), int>();
        var masks = new List<(long Rows, long Columns)>();
        offsets = new NativeBuffer((long)g.Positions * 4);
        for (int i = 0; i < g.Positions; i++)
        {
            (long, long) outside = (Outside(g.Rows, i / columns), Outside(g.Columns, i % columns));
            if (!known.TryGetValue(outside, out int index))
            {
                index = masks.Count;
                known.Add(outside, index);
                masks.Add(outside);
            }

            ((int*)offsets.Pointer)[i] = index * BinaryConv2DPlan.BlockFilters * 2;
        }

        classes = masks.Count;
        starts = new NativeBuffer((long)plan.Blocks.Length * classes * BinaryConv2DPlan.BlockFilters * 2);
        short* to = (short*)starts.Pointer;
        foreach (int first in plan.Blocks)
        {
            foreach ((long rows, long cols) in masks)
            {
                for (int f = 0; f < BinaryConv2DPlan.BlockFilters; f++)
                    *to++ = first + f < g.OutChannels ? (short)(SumOutside(g, weights, first + f, rows, cols) / 2) : (short)0;
            }
        }
    }

    /// <summary>Windows with more rows or columns than this have no table.</summary>
    public static int MaxFilter => 63;

    public long Bytes => starts.Length + offsets.Length;

    /// <summary>Start values of a block's classes.</summary>
    public byte* Starts(int block) => starts.Pointer + (nint)block * classes * BinaryConv2DPlan.BlockFilters * 2;

    /// <summary>Offsets of the pixels from an output row on.</summary>
    public int* Offsets(int row) => (int*)offsets.Pointer + (nint)row * columns;

    public void Dispose()
    {
        starts.Dispose();
        offsets.Dispose();
    }

    /// <summary>Bit f set where tap f of output position o lies outside.</summary>
    private static long Outside(WindowAxis axis, int o)
    {
        long mask = 0;
        for (int f = 0; f < axis.Filter; f++)
        {
            int i = o * axis.Stride - axis.PadBefore + f * axis.Dilation;
            if ((uint)i >= (uint)axis.Input)
                mask |= 1L << f;
        }

        return mask;
    }

    private static int SumOutside(BinaryGeometry g, uint* weights, int filter, long rows, long columns)
    {
        int words = DataTypes.WordsFor(g.GroupIn);
        int sum = 0;
        for (int tap = 0; tap < g.Rows.Filter * g.Columns.Filter; tap++)
        {
            if (((rows >> (tap / g.Columns.Filter)) & 1) == 0 && ((columns >> (tap % g.Columns.Filter)) & 1) == 0)
                continue;
            sum += g.GroupIn;
            uint* w = weights + ((long)filter * g.Rows.Filter * g.Columns.Filter + tap) * words;
            for (int i = 0; i < words; i++)
                sum -= 2 * System.Numerics.BitOperations.PopCount(w[i]);
        }

        return sum;
    }
}
