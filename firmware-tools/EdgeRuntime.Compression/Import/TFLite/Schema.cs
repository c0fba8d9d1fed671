namespace EdgeRuntime.Compression.Import.TFLite;

/// <summary>
/// Field numbers of the TensorFlow Lite schema, version 3 (file identifier TFL3): the position of each field in its table's definition,
/// counting a union as two fields (its type, then its value). Only fields that are read are listed.
/// </summary>
internal static class Schema
{
    public const string Identifier = "TFL3";
    public const uint Version = 3;

    internal static class Model
    {
        public const int Version = 0;
        public const int OperatorCodes = 1;
        public const int Subgraphs = 2;
        public const int Description = 3;
        public const int Buffers = 4;
    }

    internal static class OperatorCode
    {
        /// <summary>One byte, from files of before 2020; newer ones fill both. The larger of the two counts.</summary>
        public const int DeprecatedBuiltinCode = 0;
        public const int CustomCode = 1;
        public const int BuiltinCode = 3;
    }

    internal static class Subgraph
    {
        public const int Tensors = 0;
        public const int Inputs = 1;
        public const int Outputs = 2;
        public const int Operators = 3;
    }

    internal static class Tensor
    {
        public const int Shape = 0;
        public const int Type = 1;
        public const int Buffer = 2;
        public const int Name = 3;
        public const int Quantization = 4;
        public const int IsVariable = 5;
        public const int Sparsity = 6;
        public const int ShapeSignature = 7;
        public const int ExternalBuffer = 10;
    }

    internal static class Quantization
    {
        public const int Scale = 2;
        public const int ZeroPoint = 3;
        public const int DetailsType = 4;
        public const int QuantizedDimension = 6;
    }

    internal static class Buffer
    {
        public const int Data = 0;

        /// <summary>Data of files over 2 GB lie outside the FlatBuffers part.</summary>
        public const int Offset = 1;
    }

    internal static class Operator
    {
        public const int OpcodeIndex = 0;
        public const int Inputs = 1;
        public const int Outputs = 2;
        public const int OptionsType = 3;
        public const int Options = 4;
        public const int CustomOptions = 5;
    }

    /// <summary>Conv2DOptions: union member 1.</summary>
    internal static class Conv2D
    {
        public const int UnionType = 1;
        public const int Padding = 0;
        public const int StrideWidth = 1;
        public const int StrideHeight = 2;
        public const int Activation = 3;
        public const int DilationWidth = 4;
        public const int DilationHeight = 5;
    }

    /// <summary>DepthwiseConv2DOptions: union member 2. The depth multiplier follows from the shapes.</summary>
    internal static class DepthwiseConv2D
    {
        public const int UnionType = 2;
        public const int Padding = 0;
        public const int StrideWidth = 1;
        public const int StrideHeight = 2;
        public const int Activation = 4;
        public const int DilationWidth = 5;
        public const int DilationHeight = 6;
    }

    /// <summary>Pool2DOptions: union member 5.</summary>
    internal static class Pool2D
    {
        public const int UnionType = 5;
        public const int Padding = 0;
        public const int StrideWidth = 1;
        public const int StrideHeight = 2;
        public const int FilterWidth = 3;
        public const int FilterHeight = 4;
        public const int Activation = 5;
    }

    /// <summary>FullyConnectedOptions: union member 8.</summary>
    internal static class FullyConnected
    {
        public const int UnionType = 8;
        public const int Activation = 0;
        public const int WeightsFormat = 1;
    }

    /// <summary>SoftmaxOptions: union member 9.</summary>
    internal static class Softmax
    {
        public const int UnionType = 9;
        public const int Beta = 0;
    }

    /// <summary>ConcatenationOptions: union member 10.</summary>
    internal static class Concatenation
    {
        public const int UnionType = 10;
        public const int Axis = 0;
        public const int Activation = 1;
    }

    /// <summary>AddOptions 11, MulOptions 21, SubOptions 28: the fused activation is field 0 of each.</summary>
    internal static class Elementwise
    {
        public const int AddUnionType = 11;
        public const int MulUnionType = 21;
        public const int SubUnionType = 28;
        public const int Activation = 0;
    }

    /// <summary>ResizeBilinearOptions 15 (two dropped fields in front) and ResizeNearestNeighborOptions 74.</summary>
    internal static class Resize
    {
        public const int BilinearUnionType = 15;
        public const int BilinearAlignCorners = 2;
        public const int BilinearHalfPixelCenters = 3;
        public const int NearestUnionType = 74;
        public const int NearestAlignCorners = 0;
        public const int NearestHalfPixelCenters = 1;
    }

    /// <summary>ReshapeOptions: union member 17.</summary>
    internal static class Reshape
    {
        public const int UnionType = 17;
        public const int NewShape = 0;
    }

    /// <summary>ReducerOptions: union member 27.</summary>
    internal static class Reducer
    {
        public const int UnionType = 27;
        public const int KeepDimensions = 0;
    }

    /// <summary>StridedSliceOptions: union member 32.</summary>
    internal static class StridedSlice
    {
        public const int UnionType = 32;
        public const int BeginMask = 0;
        public const int EndMask = 1;
        public const int EllipsisMask = 2;
        public const int NewAxisMask = 3;
        public const int ShrinkAxisMask = 4;
        public const int Offset = 5;
    }

    /// <summary>PackOptions: union member 59.</summary>
    internal static class Pack
    {
        public const int UnionType = 59;
        public const int Axis = 1;
    }
}
