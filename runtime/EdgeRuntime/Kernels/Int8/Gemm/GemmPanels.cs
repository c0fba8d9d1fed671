namespace EdgeRuntime.Kernels.Int8;

/// <summary>
/// The constants of a matrix product in the order in which a tile kernel reads them: panels of 16 output channels, the last one 8 wide where no more than 8
/// channels are left. A panel is bias, multipliers and shifts (32 bits each; <see cref="ChannelScaling"/> says what they hold), then weights: segment by segment (a window's rows, each padded with zeros to
/// whole steps), depth group by depth group, channel by channel, the depths of the group. The activations' zero point is folded into the bias:
/// sum((x - z) w) = sum(x w) - z sum(w).
/// </summary>
internal sealed unsafe class GemmPanels : IDisposable
{
    /// <summary>Channels of a full panel.</summary>
    public const int Wide = 16;

    /// <summary>Channels of a last panel with at most this many channels.</summary>
    public const int Narrow = 8;

    private readonly NativeBuffer buffer;
    private readonly long panelBytes;
    private readonly BlockRounding[] rounding;
    private readonly int steps;
    private readonly int stepBytes;

    private GemmPanels(int columns, int segments, int segmentDepth, int depthStep)
    {
        Segments = segments;
        SegmentDepth = segmentDepth;
        steps = (segmentDepth + depthStep - 1) / depthStep;
        stepBytes = depthStep;
        int paddedDepth = segments * steps * depthStep;
        Columns = columns;
        Count = (columns + Wide - 1) / Wide;
        int last = columns - ((Count - 1) * Wide);
        LastIsNarrow = last <= Narrow;
        panelBytes = PanelBytes(Wide, paddedDepth);
        Bytes = ((Count - 1) * panelBytes) + PanelBytes(LastIsNarrow ? Narrow : Wide, paddedDepth);
        buffer = new NativeBuffer(Bytes);
        rounding = new BlockRounding[Count];
    }

    /// <summary>Output channels.</summary>
    public int Columns { get; }

    /// <summary>Segments of a row of inputs.</summary>
    public int Segments { get; }

    /// <summary>Inputs of a segment.</summary>
    public int SegmentDepth { get; }

    /// <summary>Inputs of each output.</summary>
    public int Depth => Segments * SegmentDepth;

    /// <summary>Panels.</summary>
    public int Count { get; }

    /// <summary>Whether the last panel is a narrow one.</summary>
    public bool LastIsNarrow { get; }

    /// <summary>Bytes of all panels.</summary>
    public long Bytes { get; }

    /// <summary>Packs weights [columns, segments, segmentDepth].</summary>
    /// <param name="weights">Weights, row by row.</param>
    /// <param name="bias">One for each column, or null.</param>
    /// <param name="columns">Output channels.</param>
    /// <param name="segments">Segments of a row of inputs.</param>
    /// <param name="segmentDepth">Inputs of a segment.</param>
    /// <param name="inputZeroPoint">Zero point of the activations.</param>
    /// <param name="scaling">Requantization of the outputs.</param>
    public static GemmPanels Pack<TTile>(sbyte* weights, int* bias, int columns, int segments, int segmentDepth, int inputZeroPoint, OutputScaling scaling)
        where TTile : struct, IGemmTile
    {
        var panels = new GemmPanels(columns, segments, segmentDepth, TTile.DepthStep);
        Span<WeightSum> sums = stackalloc WeightSum[Wide];
        for (int p = 0; p < panels.Count; p++)
        {
            int width = panels.Width(p);
            int* constants = (int*)panels.Panel(p);
            sbyte* packed = (sbyte*)(constants + (3 * width));
            int first = p * Wide;
            for (int c = 0; c < Math.Min(width, columns - first); c++)
            {
                sbyte* row = weights + ((long)(first + c) * segments * segmentDepth);
                sbyte* target = packed + (c * TTile.DepthGroup);
                var sum = default(WeightSum);
                for (int s = 0; s < segments; s++, row += segmentDepth, target += (nint)panels.steps * TTile.DepthStep * width)
                    PackSegment<TTile>(row, segmentDepth, target, width * TTile.DepthGroup, ref sum);
                constants[c] = (bias == null ? 0 : bias[first + c]) - (inputZeroPoint * sum.Sum);
                sums[c] = sum;
            }

            panels.rounding[p] = ChannelScaling.Write(scaling, first, width, constants, sums);
        }

        return panels;
    }

    /// <summary>Whether weights hold -128 twice at the distance of two depths whose products may be added in int16 (<see cref="PairedProducts"/>).</summary>
    public static bool HoldsMinimumPair(sbyte* weights, long count)
    {
        const int Distance = 2;
        var rest = new ReadOnlySpan<sbyte>(weights, checked((int)count));
        for (int at = rest.IndexOf(sbyte.MinValue); at >= 0; at = rest.IndexOf(sbyte.MinValue))
        {
            if (at + Distance < rest.Length && rest[at + Distance] == sbyte.MinValue)
                return true;
            rest = rest[(at + 1)..];
        }

        return false;
    }

    /// <summary>Address of a panel.</summary>
    public byte* Panel(int index) => buffer.Pointer + (index * panelBytes);

    /// <summary>Width of a panel, whether or not all of its channels exist.</summary>
    public int Width(int index) => index == Count - 1 && LastIsNarrow ? Narrow : Wide;

    /// <summary>Computes all or some panels for the rows of a block; A, AStride, Rows, Output (of channel 0), OutputStride and Limits are set.</summary>
    /// <param name="block">The rows.</param>
    /// <param name="segmentStride">Bytes between segments of a row; of no importance where there is one.</param>
    /// <param name="beginPanel">First panel.</param>
    /// <param name="endPanel">Panel after the last.</param>
    public void Multiply<TTile, TRounding>(GemmBlock* block, nint segmentStride, int beginPanel, int endPanel)
        where TTile : struct, IGemmTile
        where TRounding : struct, IRounding
    {
        block->Segments = Segments;
        block->Steps = steps;
        block->SegmentSkip = segmentStride - (steps * stepBytes);
        sbyte* output = block->Output;
        for (int p = beginPanel; p < endPanel; p++)
        {
            block->Panel = Panel(p);
            block->Output = output + (p * Wide);
            block->Columns = Math.Min(Wide, Columns - (p * Wide));
            if (rounding[p] == BlockRounding.Layer)
                Multiply<TTile, TRounding>(block, Width(p));
            else if (rounding[p] == BlockRounding.Short)
                Multiply<TTile, RoundAwayFromZeroShort>(block, Width(p));
            else if (TRounding.HasLimits)
                Multiply<TTile, RoundFusedLimited>(block, Width(p));
            else
                Multiply<TTile, RoundFused>(block, Width(p));
        }

        block->Output = output;
    }

    public void Dispose() => buffer.Dispose();

    private static void Multiply<TTile, TRounding>(GemmBlock* block, int width)
        where TTile : struct, IGemmTile
        where TRounding : struct, IRounding
    {
        if (width == Wide)
            TTile.Wide<TRounding>(block);
        else
            TTile.Narrow<TRounding>(block);
    }

    /// <summary>Packs one channel's weights of a segment and adds them to its sum.</summary>
    private static void PackSegment<TTile>(sbyte* row, int count, sbyte* target, int groupStride, ref WeightSum sum)
        where TTile : struct, IGemmTile
    {
        for (int k = 0; k < count; k += TTile.DepthGroup, target += groupStride)
        {
            int inGroup = Math.Min(TTile.DepthGroup, count - k);
            for (int i = 0; i < inGroup; i++)
            {
                sum.Add(row[k + i]);
                target[i] = row[k + i];
            }
        }
    }

    private static long PanelBytes(int width, int depth) => ((3L * sizeof(int)) + depth) * width;
}
