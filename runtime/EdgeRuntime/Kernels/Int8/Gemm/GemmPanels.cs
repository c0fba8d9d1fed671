namespace EdgeRuntime.Kernels.Int8;

/// <summary>
/// The constants of a matrix product in the order in which a tile kernel reads them: panels of 16 output channels, the last one 8 wide where no more than 8
/// channels are left. A panel is bias, multipliers and shifts (int32 each), then weights: depth group by depth group, channel by channel, the
/// depths of the group. The activations' zero point is folded into the bias: sum((x - z) w) = sum(x w) - z sum(w).
/// </summary>
internal sealed unsafe class GemmPanels : IDisposable
{
    /// <summary>Channels of a full panel.</summary>
    public const int Wide = 16;

    /// <summary>Channels of a last panel with at most this many channels.</summary>
    public const int Narrow = 8;

    private readonly NativeBuffer buffer;
    private readonly long panelBytes;

    private GemmPanels(int columns, int depth, int paddedDepth)
    {
        Columns = columns;
        Count = (columns + Wide - 1) / Wide;
        int last = columns - ((Count - 1) * Wide);
        LastIsNarrow = last <= Narrow;
        panelBytes = PanelBytes(Wide, paddedDepth);
        Bytes = ((Count - 1) * panelBytes) + PanelBytes(LastIsNarrow ? Narrow : Wide, paddedDepth);
        Depth = depth;
        buffer = new NativeBuffer(Bytes);
    }

    /// <summary>Output channels.</summary>
    public int Columns { get; }

    /// <summary>Inputs of each output.</summary>
    public int Depth { get; }

    /// <summary>Panels.</summary>
    public int Count { get; }

    /// <summary>Whether the last panel is a narrow one.</summary>
    public bool LastIsNarrow { get; }

    /// <summary>Bytes of all panels.</summary>
    public long Bytes { get; }

    /// <summary>Packs weights [columns, depth].</summary>
    /// <param name="weights">Weights, row by row.</param>
    /// <param name="bias">One for each column, or null.</param>
    /// <param name="columns">Output channels.</param>
    /// <param name="depth">Inputs of each output.</param>
    /// <param name="inputZeroPoint">Zero point of the activations.</param>
    /// <param name="scaling">Requantization of the outputs.</param>
    public static GemmPanels Pack<TTile>(sbyte* weights, int* bias, int columns, int depth, int inputZeroPoint, OutputScaling scaling)
        where TTile : struct, IGemmTile
    {
        int padded = (depth + TTile.DepthStep - 1) / TTile.DepthStep * TTile.DepthStep;
        var panels = new GemmPanels(columns, depth, padded);
        for (int p = 0; p < panels.Count; p++)
        {
            int width = panels.Width(p);
            int* constants = (int*)panels.Panel(p);
            sbyte* packed = (sbyte*)(constants + (3 * width));
            int first = p * Wide;
            ChannelScaling.Write(scaling, first, width, constants + width);
            for (int c = 0; c < Math.Min(width, columns - first); c++)
            {
                sbyte* row = weights + ((long)(first + c) * depth);
                int sum = 0;
                for (int k = 0; k < depth; k++)
                {
                    sum += row[k];
                    packed[(k / TTile.DepthGroup * TTile.DepthGroup * width) + (c * TTile.DepthGroup) + (k % TTile.DepthGroup)] = row[k];
                }

                constants[c] = (bias == null ? 0 : bias[first + c]) - (inputZeroPoint * sum);
            }
        }

        return panels;
    }

    /// <summary>Whether weights hold -128, which pairs of 16-bit products have no room for.</summary>
    public static bool HoldsMinimum(sbyte* weights, long count) => new ReadOnlySpan<sbyte>(weights, checked((int)count)).Contains(sbyte.MinValue);

    /// <summary>Address of a panel.</summary>
    public byte* Panel(int index) => buffer.Pointer + (index * panelBytes);

    /// <summary>Width of a panel, whether or not all of its channels exist.</summary>
    public int Width(int index) => index == Count - 1 && LastIsNarrow ? Narrow : Wide;

    /// <summary>Computes all or some panels for the rows of a block; A, AStride, Rows, Output (of channel 0), OutputStride and Limits are set.</summary>
    public void Multiply<TTile, TRounding>(GemmBlock* block, int beginPanel, int endPanel)
        where TTile : struct, IGemmTile
        where TRounding : struct, IRounding
    {
        block->Steps = (Depth + TTile.DepthStep - 1) / TTile.DepthStep;
        sbyte* output = block->Output;
        for (int p = beginPanel; p < endPanel; p++)
        {
            block->Panel = Panel(p);
            block->Output = output + (p * Wide);
            block->Columns = Math.Min(Wide, Columns - (p * Wide));
            if (Width(p) == Wide)
                TTile.Wide<TRounding>(block);
            else
                TTile.Narrow<TRounding>(block);
        }

        block->Output = output;
    }

    public void Dispose() => buffer.Dispose();

    private static long PanelBytes(int width, int depth) => ((3L * sizeof(int)) + depth) * width;
}
