using EdgeRuntime.Model;
using EdgeRuntime.Onnx;
using Type = EdgeRuntime.Onnx.TensorProto.Types.DataType;

namespace EdgeRuntime.Compression.Import.Onnx;

/// <summary>Makes the network's inputs: with channels last where the operators that read them want pictures, int8 where they are dequantized first.</summary>
internal sealed class OnnxInputs(OnnxConversion conversion, GraphProto graph)
{
    /// <summary>Operators that pass the layout of their input on.</summary>
    private static readonly HashSet<string> transparent =
    [
        "QuantizeLinear", "DequantizeLinear", "Identity", "Add", "Sub", "Mul", "Div", "Relu", "Clip", "Sigmoid", "Tanh", "Pad", "Concat", "LeakyRelu", "Dropout", "Cast",
    ];

    /// <summary>Operators whose pictures have channels first in ONNX.</summary>
    private static readonly HashSet<string> pictures =
    [
        "Conv", "QLinearConv", "MaxPool", "AveragePool", "GlobalAveragePool", "GlobalMaxPool", "BatchNormalization", "Resize", "QLinearAveragePool", "QLinearGlobalAveragePool",
    ];

    public void Add(ValueInfoProto info)
    {
        TypeProto.Types.Tensor? type = info.Type?.TensorType;
        var element = (Type)(type?.ElemType ?? 0);
        if (element is not (Type.Float or Type.Int8 or Type.Uint8) || type!.Shape is null)
        {
            conversion.Problem(type?.Shape is null ? $"input '{info.Name}' without a shape" : $"type {OnnxNames.Of(element)} of input '{info.Name}'");
            conversion.Define(info.Name, new OnnxValue(info.Name));
            return;
        }

        int[] dimensions = OnnxConstantReader.Dimensions([.. type.Shape.Dim.Select((d, i) => Size(info, d, i))], $"input '{info.Name}'");
        int[] order = dimensions.Length == 4 && ReachesPictures(info.Name) ? Dimension.ChannelsLast(4) : Dimension.Plain(dimensions.Length);
        if (!order.SequenceEqual(Dimension.Plain(order.Length)))
        {
            conversion.Notes.Add($"input '{info.Name}' is {string.Join('x', dimensions)} in the file (channels first); "
                + $"here it is {string.Join('x', Dimension.Reorder(dimensions, order))} (channels last)");
        }

        var shape = new Shape(Dimension.Reorder(dimensions, order));
        TensorInfo tensor = element == Type.Float
            ? new TensorInfo(info.Name, DataType.Float32, shape)
            : new TensorInfo(info.Name, DataType.Int8, shape, QuantizationOf(info.Name, element));
        if (element == Type.Uint8)
            conversion.Notes.Add($"input '{info.Name}' is uint8 in the file; here it is int8, 128 less");
        conversion.Define(info.Name, new OnnxValue(info.Name, element, dimensions, conversion.AddInput(tensor), order));
    }

    private long Size(ValueInfoProto info, TensorShapeProto.Types.Dimension dimension, int index)
    {
        bool known = dimension.ValueCase == TensorShapeProto.Types.Dimension.ValueOneofCase.DimValue && dimension.DimValue > 0;
        if (known)
            return dimension.DimValue;
        if (index > 0)
            conversion.Problem($"dynamic dimension {index} of input '{info.Name}'");
        else
            conversion.Notes.Add($"the batch size of input '{info.Name}' is dynamic in the file; it becomes 1");
        return 1;
    }

    private bool ReachesPictures(string name)
    {
        var seen = new HashSet<string>();
        var open = new Stack<string>([name]);
        while (open.TryPop(out string? value))
        {
            if (!seen.Add(value))
                continue;
            foreach (NodeProto node in graph.Node.Where(n => n.Input.Contains(value)))
            {
                if (pictures.Contains(node.OpType))
                    return true;
                if (!transparent.Contains(node.OpType))
                    continue;
                foreach (string output in node.Output)
                    open.Push(output);
            }
        }

        return false;
    }

    /// <summary>Integers get their meaning from the DequantizeLinear that reads them.</summary>
    private Quantization? QuantizationOf(string name, Type type)
    {
        foreach (NodeProto node in graph.Node)
        {
            bool qdq = node.OpType == "DequantizeLinear" && node.Input.Count >= 2 && node.Input[0] == name;
            bool operators = node.OpType.StartsWith("QLinear", StringComparison.Ordinal) && node.Input.Count >= 3 && node.Input[0] == name;
            if (!qdq && !operators)
                continue;
            TensorProto? scale = graph.Initializer.FirstOrDefault(i => i.Name == node.Input[1]);
            TensorProto? zero = node.Input.Count > 2 ? graph.Initializer.FirstOrDefault(i => i.Name == node.Input[2]) : null;
            if (scale is null || OnnxConstantReader.Read(scale, scale.Name, out _) is not { Count: 1 } s)
                continue;
            long zeroPoint = zero is not null && OnnxConstantReader.Read(zero, zero.Name, out _) is { Count: 1, Integers: { } z } ? z[0] : 0;
            return new Quantization(s.Real()[0], (int)zeroPoint - (type == Type.Uint8 ? 128 : 0));
        }

        conversion.Problem($"integer input '{name}' that no DequantizeLinear with a constant scale reads");
        return null;
    }
}
