namespace EdgeRuntime.Kernels.Int8.X64;

/// <summary>
/// Constants of a matrix product on x64: panels of <see cref="Width"/> channels. A panel is bias, multipliers and shifts (16 int32 each), then the weights group by group,
/// in each the 16 channels' 32 bits. Missing channels and depths are zeros.
/// </summary>
internal sealed unsafe class X64Panels : IDisposable
{
    /// <summary>Channels of a panel.</summary>
    public const int Width = 16;

    /// <summary>int32 constants before the weights of a panel.</summary>
    public const int Constants = 3 * Width;

    private readonly NativeBuffer buffer;
    private readonly long panelBytes;

    private X64Panels(int columns, int groups)
    {
        Columns = columns;
        Groups = groups;
        Count = (columns + Width - 1) / Width;
        panelBytes = (Constants * sizeof(int)) + ((long)groups * Width * sizeof(int));
        buffer = new NativeBuffer(Count * panelBytes);
    }

    /// <summary>Output channels.</summary>
    public int Columns { get; }

    /// <summary>Groups of 32 bits in a row of activations.</summary>
    public int Groups { get; }

    /// <summary>Panels.</summary>
    public int Count { get; }

    /// <summary>Bytes of all panels.</summary>
    public long Bytes => Count * panelBytes;

    /// <summary>Packs weights.</summary>
    /// <param name="weights">Weights: [columns, depth], or [depth, columns] if <paramref name="depthFirst"/>.</param>
    /// <param name="bias">One per column, or null.</param>
    /// <param name="columns">Output channels.</param>
    /// <param name="depth">Inputs of each output.</param>
    /// <param name="depthFirst">Whether the columns of a depth lie side by side.</param>
    /// <param name="inputZeroPoint">Zero point of the activations; it and the products' offset are folded into the bias.</param>
    /// <param name="scaling">Requantization of the outputs.</param>
    public static X64Panels Pack<TProducts>(sbyte* weights, int* bias, int columns, int depth, bool depthFirst, int inputZeroPoint, OutputScaling scaling)
        where TProducts : struct, IX64Products
    {
        var panels = new X64Panels(columns, (depth + TProducts.Depth - 1) / TProducts.Depth);
        nint columnStep = depthFirst ? 1 : depth, depthStep = depthFirst ? columns : 1;
        for (int p = 0; p < panels.Count; p++)
        {
            int* constants = (int*)panels.Panel(p);
            byte* packed = (byte*)(constants + Constants);
            int first = p * Width;
            ChannelScaling.Write(scaling, first, Width, constants + Width);
            for (int c = 0; c < Math.Min(Width, columns - first); c++)
            {
                sbyte* w = weights + ((first + c) * columnStep);
                int sum = 0;
                for (int k = 0; k < depth; k++, w += depthStep)
                {
                    sum += *w;
                    TProducts.WriteWeight(packed + ((((nint)k / TProducts.Depth * Width) + c) * sizeof(int)), k % TProducts.Depth, *w);
                }

                constants[c] = (bias == null ? 0 : bias[first + c]) - ((inputZeroPoint + TProducts.InputOffset) * sum);
            }
        }

        return panels;
    }

    /// <summary>Address of a panel.</summary>
    public byte* Panel(int index) => buffer.Pointer + (index * panelBytes);

    public void Dispose() => buffer.Dispose();
}
