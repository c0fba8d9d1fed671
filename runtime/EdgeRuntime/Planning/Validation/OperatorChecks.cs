using EdgeRuntime.Model;

namespace EdgeRuntime.Planning;

/// <summary>
/// Checks each operator of a graph whose structure is sound: counts, types, shapes, quantization and options. What passes cannot make a kernel read or write
/// outside of its tensors, divide by zero, or overflow an accumulator or an offset.
/// </summary>
internal static class OperatorChecks
{
    /// <summary>Checks all operators.</summary>
    /// <exception cref="EdgeModelException">An operator is wrong; the message gives the value and the limit.</exception>
    public static void Check(Graph graph)
    {
        foreach (Node node in graph.Nodes)
            Check(new NodeCheck(graph, node));
    }

    private static void Check(NodeCheck check)
    {
        switch (check.Node.Kind)
        {
            case OperatorKind.Conv2D:
                ConvolutionChecks.Conv2D(check);
                break;
            case OperatorKind.DepthwiseConv2D:
                ConvolutionChecks.DepthwiseConv2D(check);
                break;
            case OperatorKind.FullyConnected:
                ConvolutionChecks.FullyConnected(check);
                break;
            case OperatorKind.MaxPool2D or OperatorKind.AveragePool2D:
                ReductionChecks.Pool2D(check);
                break;
            case OperatorKind.Mean:
                ReductionChecks.Mean(check);
                break;
            case OperatorKind.Softmax:
                ReductionChecks.Softmax(check);
                break;
            case OperatorKind.ArgMax:
                ReductionChecks.ArgMax(check);
                break;
            case OperatorKind.Add or OperatorKind.Sub or OperatorKind.Mul:
                ElementwiseChecks.Binary(check);
                break;
            case OperatorKind.PRelu:
                ElementwiseChecks.PRelu(check);
                break;
            case OperatorKind.BatchNorm:
                ElementwiseChecks.BatchNorm(check);
                break;
            case OperatorKind.Relu or OperatorKind.Relu6 or OperatorKind.ReluN1To1 or OperatorKind.HardSwish or OperatorKind.Logistic or OperatorKind.Tanh:
                ElementwiseChecks.Unary(check);
                break;
            case OperatorKind.Quantize or OperatorKind.Dequantize or OperatorKind.Requantize:
                ElementwiseChecks.Conversion(check);
                break;
            case OperatorKind.Reshape:
                MovementChecks.Reshape(check);
                break;
            case OperatorKind.Transpose:
                MovementChecks.Transpose(check);
                break;
            case OperatorKind.Pad:
                MovementChecks.Pad(check);
                break;
            case OperatorKind.Slice or OperatorKind.StridedSlice:
                MovementChecks.Slice(check);
                break;
            case OperatorKind.Concat:
                MovementChecks.Concat(check);
                break;
            case OperatorKind.Split:
                MovementChecks.Split(check);
                break;
            case OperatorKind.ChannelShuffle:
                MovementChecks.ChannelShuffle(check);
                break;
            case OperatorKind.ResizeNearest or OperatorKind.ResizeBilinear:
                MovementChecks.Resize(check);
                break;
            case OperatorKind.BinaryConv2D or OperatorKind.BinaryDepthwiseConv2D:
                BinaryChecks.Conv2D(check);
                break;
            case OperatorKind.BinaryFullyConnected:
                BinaryChecks.FullyConnected(check);
                break;
            case OperatorKind.Binarize:
                PackedChecks.Binarize(check);
                break;
            case OperatorKind.Unbinarize:
                PackedChecks.Unbinarize(check);
                break;
            case OperatorKind.BinaryMaxPool2D or OperatorKind.BinaryAveragePool2D:
                PackedChecks.Pool2D(check);
                break;
            default:
                throw check.Error(ModelError.Unsupported, $"operator kind {(int)check.Node.Kind} is not known to this runtime");
        }
    }
}
