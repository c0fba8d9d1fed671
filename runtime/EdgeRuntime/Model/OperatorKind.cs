namespace EdgeRuntime.Model;

/// <summary>Operators of a graph. The numbers are those of the file format and never change.</summary>
public enum OperatorKind
{
    /// <summary>2-D convolution, optionally grouped. Inputs: x NHWC, weights [out, kh, kw, in / groups], optional bias [out].</summary>
    Conv2D = 1,

    /// <summary>Depthwise convolution. Inputs: x NHWC, weights [1, kh, kw, in * multiplier], optional bias.</summary>
    DepthwiseConv2D = 2,

    /// <summary>Fully connected. Inputs: x with in elements a row, weights [out, in], optional bias [out].</summary>
    FullyConnected = 3,

    /// <summary>Elementwise sum with broadcasting, fused activation.</summary>
    Add = 4,

    /// <summary>Elementwise difference with broadcasting, fused activation.</summary>
    Sub = 5,

    /// <summary>Elementwise product with broadcasting, fused activation.</summary>
    Mul = 6,

    /// <summary>Maximum over a window, NHWC.</summary>
    MaxPool2D = 7,

    /// <summary>Average over a window, padding not counted, NHWC.</summary>
    AveragePool2D = 8,

    /// <summary>Mean over axes.</summary>
    Mean = 9,

    /// <summary>Softmax over the last dimension.</summary>
    Softmax = 10,

    /// <summary>max(x, 0).</summary>
    Relu = 11,

    /// <summary>min(max(x, 0), 6).</summary>
    Relu6 = 12,

    /// <summary>min(max(x, -1), 1).</summary>
    ReluN1To1 = 13,

    /// <summary>x * min(max(x + 3, 0), 6) / 6.</summary>
    HardSwish = 14,

    /// <summary>1 / (1 + e^-x).</summary>
    Logistic = 15,

    /// <summary>Hyperbolic tangent.</summary>
    Tanh = 16,

    /// <summary>Same elements in another shape.</summary>
    Reshape = 17,

    /// <summary>Permuted dimensions.</summary>
    Transpose = 18,

    /// <summary>Constant border of the real value 0 (the zero point of a quantized tensor).</summary>
    Pad = 19,

    /// <summary>Concatenation along an axis.</summary>
    Concat = 20,

    /// <summary>Equal parts along an axis, one output each.</summary>
    Split = 21,

    /// <summary>A box of the input: begin, and the output's shape as size.</summary>
    Slice = 22,

    /// <summary>A strided box of the input: begin, stride, and the output's shape as count.</summary>
    StridedSlice = 23,

    /// <summary>Nearest-neighbour resize, NHWC.</summary>
    ResizeNearest = 24,

    /// <summary>Bilinear resize, NHWC.</summary>
    ResizeBilinear = 25,

    /// <summary>float32 to int8.</summary>
    Quantize = 26,

    /// <summary>int8 to float32.</summary>
    Dequantize = 27,

    /// <summary>int8 to int8 of another scale and zero point.</summary>
    Requantize = 28,

    /// <summary>Index of the first largest element along an axis, int32.</summary>
    ArgMax = 29,

    /// <summary>Float batch normalization with folded statistics: inputs x, scale [c], offset [c]; y = x * scale + offset.</summary>
    BatchNorm = 30,

    /// <summary>Parametric ReLU: inputs x, slope [c].</summary>
    PRelu = 31,

    /// <summary>Sign of float or int8 against thresholds, packed: inputs x, optional thresholds [c]; output <see cref="DataType.Bit"/>.</summary>
    Binarize = 64,

    /// <summary>Packed bits to -1 / +1 in float or int8.</summary>
    Unbinarize = 65,

    /// <summary>Convolution of packed activations with packed weights.</summary>
    BinaryConv2D = 66,

    /// <summary>Depthwise convolution of packed activations with packed weights.</summary>
    BinaryDepthwiseConv2D = 67,

    /// <summary>Fully connected layer of packed activations and packed weights.</summary>
    BinaryFullyConnected = 68,

    /// <summary>Maximum over a window of packed activations.</summary>
    BinaryMaxPool2D = 69,

    /// <summary>Sign of the average over a window of packed activations.</summary>
    BinaryAveragePool2D = 70,

    /// <summary>Channel shuffle by groups: packed, int8 or float.</summary>
    ChannelShuffle = 71,
}
