using EdgeRuntime.Model;
using AttributeType = EdgeRuntime.Onnx.AttributeProto.Types.AttributeType;

namespace EdgeRuntime.Compression.Import.Onnx.Operators;

/// <summary>
/// Resize, nearest and linear, in height and width. ONNX has more rules for where an output pixel looks than the runtime: a node is taken if one of the runtime's rules
/// looks at the same places for this size.
/// </summary>
internal static class Resizing
{
    private static readonly ResizeOptions[] rules = [new(), new(HalfPixelCenters: true), new(AlignCorners: true)];

    public static void Resize(OnnxOperator op)
    {
        op.Operands(1, 4);
        string mode = op.Text("mode", "nearest");
        string transformation = op.Text("coordinate_transformation_mode", "half_pixel");
        string rounding = op.Text("nearest_mode", "round_prefer_floor");
        op.Ignore("cubic_coeff_a", "exclude_outside", "extrapolation_value");
        if (op.Int("antialias", 0) != 0)
            op.Unsupported("antialias 1");
        if (op.Attribute("axes", AttributeType.Ints) is not null)
            op.Unsupported("attribute 'axes'");
        if (op.Text("keep_aspect_ratio_policy", "stretch") is var policy && policy != "stretch")
            op.Unsupported($"keep_aspect_ratio_policy '{policy}'");
        if (mode is not ("nearest" or "linear"))
            op.Unsupported($"mode '{mode}'");
        OnnxValue x = op.Value(0);
        if (x.Dimensions.Length != 4)
            op.Unsupported($"an input of {x.Dimensions.Length} dimensions instead of 4");
        if (!Shapes.Movable(op, x) || Sizes(op, x.Dimensions) is not { } size)
            return;
        if (size.Output[0] != x.Dimensions[0] || size.Output[1] != x.Dimensions[1])
        {
            op.Unsupported($"{string.Join('x', x.Dimensions)} to {string.Join('x', size.Output)}, which resizes more than height and width");
            return;
        }

        ResizeOptions? rule = rules.FirstOrDefault(r => Enumerable.Range(2, 2).All(d => mode == "nearest"
            ? SameNearest(r, x.Dimensions[d], size.Output[d], size.Scales[d], transformation, rounding)
            : SameLinear(r, x.Dimensions[d], size.Output[d], size.Scales[d], transformation)));
        if (rule is null)
        {
            op.Unsupported($"coordinates '{transformation}'{(mode == "nearest" ? $" with '{rounding}'" : "")} from {string.Join('x', x.Dimensions)} to {string.Join('x', size.Output)}");
            return;
        }

        int input = op.Tensor(x, Dimension.ChannelsLast(4));
        int y = op.Define(size.Output, Dimension.ChannelsLast(4), input, x.Type);
        op.Node(mode == "nearest" ? OperatorKind.ResizeNearest : OperatorKind.ResizeBilinear, [input], [y], rule);
    }

    private static (int[] Output, double[] Scales)? Sizes(OnnxOperator op, int[] from)
    {
        if (op.Has(3))
        {
            if (op.Integers(3, "sizes") is not { } sizes)
                return null;
            int[] output = [.. sizes.Select(s => s is >= 1 and <= 65_535 ? (int)s : throw op.Corrupt($"a size of {s}"))];
            return output.Length == from.Length ? (output, [.. output.Select((s, d) => (double)s / from[d])]) : throw op.Corrupt($"{output.Length} sizes for {from.Length} dimensions");
        }

        if (!op.Has(2))
            throw op.Corrupt("it has neither scales nor sizes");
        if (op.Constant(2, "scales") is not { } given)
            return null;
        double[] scales = [.. given.Real().Select(v => (double)v)];
        if (scales.Length != from.Length || scales.Any(s => !(s > 0 && s < 65_536)))
            throw op.Corrupt($"scales ({string.Join(", ", scales)}) for {from.Length} dimensions");
        double[] products = [.. scales.Select((s, d) => Math.Floor(from[d] * s))];
        return products.All(p => p is >= 1 and <= 65_535) ? ([.. products.Select(p => (int)p)], scales) : throw op.Corrupt($"an output of {string.Join('x', products)}");
    }

    /// <summary>Where output pixel i looks, in input pixels (ONNX specification of Resize).</summary>
    private static double Position(int i, int from, int to, double scale, string transformation) => transformation switch
    {
        "half_pixel" => ((i + 0.5) / scale) - 0.5,
        "pytorch_half_pixel" => to > 1 ? ((i + 0.5) / scale) - 0.5 : 0,
        "align_corners" => to > 1 ? (double)i * (from - 1) / (to - 1) : 0,
        "asymmetric" => i / scale,
        _ => double.NaN,
    };

    private static bool SameNearest(ResizeOptions rule, int from, int to, double scale, string transformation, string rounding)
    {
        for (int i = 0; i < to; i++)
        {
            double x = Position(i, from, to, scale, transformation);
            double wanted = rounding switch
            {
                "floor" => Math.Floor(x),
                "ceil" => Math.Ceiling(x),
                "round_prefer_ceil" => Math.Floor(x + 0.5),
                "round_prefer_floor" => Math.Ceiling(x - 0.5),
                _ => double.NaN,
            };
            double step = (double)from / to;
            double here = rule switch
            {
                { AlignCorners: true } => to > 1 ? Math.Floor((i * (double)(from - 1) / (to - 1)) + 0.5) : 0,
                { HalfPixelCenters: true } => Math.Floor((i + 0.5) * step),
                _ => Math.Floor(i * step),
            };
            if (!(Math.Clamp(wanted, 0, from - 1) == Math.Clamp(here, 0, from - 1)))
                return false;
        }

        return true;
    }

    private static bool SameLinear(ResizeOptions rule, int from, int to, double scale, string transformation)
    {
        for (int i = 0; i < to; i++)
        {
            double wanted = Position(i, from, to, scale, transformation);
            double step = (double)from / to;
            double here = rule switch
            {
                { AlignCorners: true } => to > 1 ? i * (double)(from - 1) / (to - 1) : 0,
                { HalfPixelCenters: true } => ((i + 0.5) * step) - 0.5,
                _ => i * step,
            };
            if (!(Math.Abs(Math.Clamp(wanted, 0, from - 1) - Math.Clamp(here, 0, from - 1)) < 1e-4))
                return false;
        }

        return true;
    }
}
