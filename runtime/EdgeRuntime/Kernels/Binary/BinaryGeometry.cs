using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels.Binary;

/// <summary>
/// Shapes of a binary convolution, depthwise convolution or fully connected layer, the latter as a 1x1 convolution of a picture of one pixel.
/// </summary>
internal sealed class BinaryGeometry
{
    public BinaryGeometry(KernelRequest request)
    {
        Shape x = request.Input(0).Shape;
        Shape w = request.Input(1).Shape;
        Batches = x[0];
        InChannels = x[^1];
        OutChannels = request.Output().Shape[^1];
        if (request.Node.Kind == OperatorKind.BinaryFullyConnected)
        {
            Rows = Columns = new WindowAxis(1, 1, 1, 1, 1, 0);
            GroupIn = InChannels;
            return;
        }

        var options = request.Options<BinaryConv2DOptions>();
        (Rows, Columns) = WindowAxis.Of(x, w, options);
        ZeroPadding = options.PaddingValue == BinaryPadding.Zeros && HasBorder;
        IsDepthwise = request.Node.Kind == OperatorKind.BinaryDepthwiseConv2D;
        Groups = IsDepthwise ? InChannels : options.Groups;
        GroupIn = InChannels / Groups;
    }

    public int Batches { get; }

    public WindowAxis Rows { get; }

    public WindowAxis Columns { get; }

    public int InChannels { get; }

    public int OutChannels { get; }

    public int Groups { get; } = 1;

    /// <summary>Input channels that one output channel reads.</summary>
    public int GroupIn { get; }

    /// <summary>Output channels of a group.</summary>
    public int GroupOut => OutChannels / Groups;

    public bool IsDepthwise { get; }

    /// <summary>Whether some window reaches outside the picture, where 0 stands.</summary>
    public bool ZeroPadding { get; }

    /// <summary>Products that one accumulator sums up.</summary>
    public int Products => Rows.Filter * Columns.Filter * GroupIn;

    /// <summary>Words of a pixel of the input.</summary>
    public int InWords => DataTypes.WordsFor(InChannels);

    /// <summary>Output positions of one picture.</summary>
    public int Positions => Rows.Output * Columns.Output;

    private bool HasBorder => Reaches(Rows) || Reaches(Columns);

    private static bool Reaches(WindowAxis a) =>
        a.PadBefore > 0 || (a.Output - 1) * a.Stride - a.PadBefore + (a.Filter - 1) * a.Dilation >= a.Input;
}
