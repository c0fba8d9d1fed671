using EdgeRuntime.Model;

namespace EdgeRuntime.Compiler.Generation;

/// <summary>The shape of a single layer that is to be generated. Each layer reads what concerns it.</summary>
/// <param name="Size">Height and width of the input map.</param>
/// <param name="Channels">Channels of the input, or elements of an input row.</param>
/// <param name="OutputChannels">Channels of the output, or elements of an output row.</param>
/// <param name="Kernel">Height and width of the window.</param>
/// <param name="Stride">Stride, both ways.</param>
/// <param name="Dilation">Distance of the window's taps, both ways.</param>
/// <param name="Padding">Border.</param>
/// <param name="Activation">Fused activation.</param>
internal sealed record LayerRequest(
    int Size, int Channels, int OutputChannels, int Kernel, int Stride, int Dilation, PaddingMode Padding, Activation Activation)
{
    /// <summary>Type of the output of a packed layer.</summary>
    public DataType Output { get; init; } = DataType.Bit;

    /// <summary>Float32, Int8 or Bit: the weights, or what a layer without weights takes.</summary>
    public DataType Weights { get; init; } = DataType.Float32;

    /// <summary>Most elements that a generated tensor may have.</summary>
    private const long MaxElements = 1 << 28;

    /// <summary>Input map, NHWC.</summary>
    public Shape InputMap => new(1, Size, Size, Channels);

    /// <summary>Options of a convolution of this request.</summary>
    public Conv2DOptions Convolution => new()
    {
        StrideHeight = Stride,
        StrideWidth = Stride,
        DilationHeight = Dilation,
        DilationWidth = Dilation,
        Padding = new Padding2D(Padding),
        Activation = Activation,
    };

    /// <summary>Output map of a window of this request, NHWC.</summary>
    /// <exception cref="CommandException">The window does not fit into the map, or the output is too large.</exception>
    public Shape OutputMap(int channels)
    {
        int extent = ((Kernel - 1) * Dilation) + 1;
        if (Padding == PaddingMode.Valid && extent > Size)
            throw new CommandException(ExitCode.Usage, $"a window of {Kernel} with dilation {Dilation} covers {extent}; the map has a side of {Size} (--size)");
        int side = Padding == PaddingMode.Valid ? ((Size - extent) / Stride) + 1 : (Size + Stride - 1) / Stride;
        return new Shape(1, side, side, channels);
    }

    /// <summary>Refuses what no option can stand for and what would not fit into memory.</summary>
    /// <exception cref="CommandException">A value is outside its limits.</exception>
    public void Check()
    {
        Within("--size", Size, 1, 4096);
        Within("--channels", Channels, 1, 1 << 16);
        Within("--out-channels", OutputChannels, 1, 1 << 16);
        Within("--kernel", Kernel, 1, 64);
        Within("--stride", Stride, 1, 64);
        Within("--dilation", Dilation, 1, 64);
        long largest = Math.Max((long)Size * Size * Math.Max(Channels, OutputChannels), (long)Kernel * Kernel * Channels * OutputChannels);
        if (largest > MaxElements)
            throw new CommandException(ExitCode.Usage, $"the layer has a tensor of up to {largest} elements; the limit is {MaxElements}");
    }

    private static void Within(string option, int value, int low, int high)
    {
        if (value < low || value > high)
            throw new CommandException(ExitCode.Usage, $"{option} is {value}; it must be {low}..{high}");
    }
}
