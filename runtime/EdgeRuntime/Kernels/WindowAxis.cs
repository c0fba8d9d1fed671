using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels;

/// <summary>
/// A sliding window along one axis of a picture: output position o looks at input positions o * Stride - PadBefore + f * Dilation, f = 0..Filter-1,
/// of which those outside 0..Input-1 are padding.
/// </summary>
/// <param name="Input">Input positions.</param>
/// <param name="Output">Output positions.</param>
/// <param name="Filter">Taps of the window.</param>
/// <param name="Stride">Step of the window.</param>
/// <param name="Dilation">Distance of the taps.</param>
/// <param name="PadBefore">Padding before the first input position.</param>
internal readonly record struct WindowAxis(int Input, int Output, int Filter, int Stride, int Dilation, int PadBefore)
{
    /// <summary>Rows and columns of a convolution.</summary>
    /// <param name="x">Input shape, NHWC.</param>
    /// <param name="weights">[out, height, width, in].</param>
    /// <param name="options">Validated options.</param>
    public static (WindowAxis Rows, WindowAxis Columns) Of(Shape x, Shape weights, ConvolutionOptions options)
    {
        Padding2D p = options.Padding;
        return (
            Of(x[1], weights[1], options.StrideHeight, options.DilationHeight, p.Mode, p.Top, p.Bottom),
            Of(x[2], weights[2], options.StrideWidth, options.DilationWidth, p.Mode, p.Left, p.Right));
    }

    /// <summary>Rows and columns of a pooling window.</summary>
    public static (WindowAxis Rows, WindowAxis Columns) Of(Shape x, Pool2DOptions options)
    {
        Padding2D p = options.Padding;
        return (
            Of(x[1], options.FilterHeight, options.StrideHeight, 1, p.Mode, p.Top, p.Bottom),
            Of(x[2], options.FilterWidth, options.StrideWidth, 1, p.Mode, p.Left, p.Right));
    }

    /// <summary>
    /// An axis of the given padding. Same: output = input / stride rounded up, the padding that needs, the smaller half before.
    /// Arguments are bounded by the graph's validation; <see cref="Output"/> is below 1 where the window does not fit.
    /// </summary>
    public static WindowAxis Of(int input, int filter, int stride, int dilation, PaddingMode mode, int before, int after)
    {
        long extent = ((long)filter - 1) * dilation + 1;
        long output;
        long pad;
        switch (mode)
        {
            case PaddingMode.Same:
                output = ((long)input + stride - 1) / stride;
                pad = Math.Max((output - 1) * stride + extent - input, 0) / 2;
                break;
            case PaddingMode.Explicit:
                output = Count((long)input + before + after - extent, stride);
                pad = before;
                break;
            default:
                output = Count(input - extent, stride);
                pad = 0;
                break;
        }

        return new WindowAxis(input, checked((int)output), filter, stride, dilation, checked((int)pad));
    }

    private static long Count(long room, int stride) => room < 0 ? 0 : room / stride + 1;
}
