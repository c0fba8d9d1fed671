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

    /// <summary>
    /// Sign of float or int8 against thresholds, packed: element c is -1 where x &lt; threshold[c] (the real value 0 without thresholds), else +1,
    /// times direction[c]. Inputs: x, optional thresholds [c] (Float32 for float x, Int32 in quantized units for int8 x), optional directions
    /// [c] (<see cref="DataType.Bit"/>; -1 turns the channel round). Output: <see cref="DataType.Bit"/> of x's shape.
    /// </summary>
    Binarize = 64,

    /// <summary>Packed bits to -1 / +1: float, or int8 in the output's quantization (rounded, saturated).</summary>
    Unbinarize = 65,

    /// <summary>
    /// Convolution of packed activations with packed weights. Inputs: x <see cref="DataType.Bit"/> NHWC, weights <see cref="DataType.Bit"/>
    /// [out, kh, kw, in / groups], and optional (-1 where absent): scales Float32 [out], bias Float32 [out], thresholds [out], directions
    /// <see cref="DataType.Bit"/> [out], residual of the output's type and shape, slopes Float32 [out] (parametric ReLU), magnitudes Float32
    /// [n, h, w, 1] (XNOR-Net's mean absolute input per pixel). Outputs: Bit, Int8 or Float32, and for the last two optionally their signs as Bit.
    /// docs/binary.md defines the arithmetic.
    /// </summary>
    BinaryConv2D = 66,

    /// <summary>Depthwise <see cref="BinaryConv2D"/>: weights [1, kh, kw, in * multiplier]; output channel c reads input channel c / multiplier.</summary>
    BinaryDepthwiseConv2D = 67,

    /// <summary>
    /// Fully connected layer of packed activations and packed weights [out, in]: inputs and outputs of <see cref="BinaryConv2D"/> without magnitudes,
    /// x of shape [n, in].
    /// </summary>
    BinaryFullyConnected = 68,

    /// <summary>Maximum over a window of packed activations: +1 where any valid position is +1.</summary>
    BinaryMaxPool2D = 69,

    /// <summary>Sign of the average over a window of packed activations, valid positions only; a tie is +1.</summary>
    BinaryAveragePool2D = 70,

    /// <summary>Channel shuffle by groups: packed, int8 or float.</summary>
    ChannelShuffle = 71,
}
