namespace EdgeRuntime.Kernels.Float32;

/// <summary>
/// Constants of a float32 matrix product: panels of a few channels, in each the bias, then the weights depth by depth. Missing channels are zeros.
/// </summary>
internal sealed unsafe class Float32Panels : IDisposable
{
    private readonly NativeBuffer buffer;
    private readonly nint panelElements;

    /// <param name="weights">[columns, depth].</param>
    /// <param name="bias">One per column, or null.</param>
    /// <param name="columns">Output channels.</param>
    /// <param name="depth">Inputs of each output.</param>
    /// <param name="width">Channels of a panel.</param>
    public Float32Panels(float* weights, float* bias, int columns, int depth, int width)
    {
        Columns = columns;
        Depth = depth;
        Width = width;
        Count = (columns + width - 1) / width;
        panelElements = (nint)width * (depth + 1);
        buffer = new NativeBuffer(Count * panelElements * sizeof(float));
        for (int c = 0; c < columns; c++)
        {
            float* destination = Panel(c / width) + (c % width);
            *destination = bias == null ? 0 : bias[c];
            for (int k = 0; k < depth; k++)
                destination[(nint)(k + 1) * width] = weights[((nint)c * depth) + k];
        }
    }

    /// <summary>Output channels.</summary>
    public int Columns { get; }

    /// <summary>Inputs of each output.</summary>
    public int Depth { get; }

    /// <summary>Channels of a panel.</summary>
    public int Width { get; }

    /// <summary>Panels.</summary>
    public int Count { get; }

    /// <summary>Bytes of all panels.</summary>
    public long Bytes => buffer.Length;

    /// <summary>Address of a panel.</summary>
    public float* Panel(int index) => (float*)buffer.Pointer + (index * panelElements);

    public void Dispose() => buffer.Dispose();
}
