using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels;

/// <summary>The boxes that the operators which only move elements copy. Of packed tensors an element is a bit, and a row of channels takes whole words.</summary>
internal static class BoxCopies
{
    /// <summary>Strides of a tensor's elements in memory.</summary>
    public static int[] Strides(DataType type, Shape shape)
    {
        if (type != DataType.Bit || shape.Rank == 0)
            return StridedWalk.DenseStrides(shape);
        int[] dims = shape.Dimensions.ToArray();
        dims[^1] = DataTypes.WordsFor(dims[^1]) * DataTypes.BitsPerWord;
        return StridedWalk.DenseStrides(new Shape(dims));
    }

    public static BoxCopy Transpose(DataType type, Shape x, Shape y, IReadOnlyList<int> permutation)
    {
        int[] from = Strides(type, x);
        return new BoxCopy(0, 0, y.Dimensions.ToArray(), 0, [.. permutation.Select(p => from[p])], 0, Strides(type, y));
    }

    public static BoxCopy Pad(Shape x, Shape y, IReadOnlyList<int> before)
    {
        int[] to = StridedWalk.DenseStrides(y);
        return new BoxCopy(0, 0, x.Dimensions.ToArray(), 0, StridedWalk.DenseStrides(x), before.Select((b, d) => b * to[d]).Sum(), to);
    }

    public static BoxCopy Slice(DataType type, Shape x, Shape y, SliceOptions options)
    {
        int[] dense = Strides(type, x);
        int[] from = [.. options.Stride.Select((s, d) => s * dense[d])];
        return new BoxCopy(0, 0, y.Dimensions.ToArray(), options.Begin.Select((b, d) => b * dense[d]).Sum(), from, 0, Strides(type, y));
    }

    /// <summary>Channel g * (c / groups) + i goes to i * groups + g.</summary>
    public static BoxCopy ChannelShuffle(DataType type, Shape x, int groups)
    {
        int channels = x[^1];
        int row = Strides(type, new Shape(1, channels))[0];
        int perGroup = channels / groups;
        int rows = (int)(x.ElementCount / channels);
        return new BoxCopy(0, 0, [rows, groups, perGroup], 0, [row, perGroup, 1], 0, [row, 1, groups]);
    }

    public static IReadOnlyList<BoxCopy> Concat(KernelRequest request, int axis)
    {
        int[] to = Strides(request.Output().Type, request.Output().Shape);
        var boxes = new List<BoxCopy>();
        int start = 0;
        for (int i = 0; i < request.InputCount; i++)
        {
            Shape x = request.Input(i).Shape;
            boxes.Add(new BoxCopy(i, 0, x.Dimensions.ToArray(), 0, Strides(request.Input(i).Type, x), start * to[axis], to));
            start += x[axis];
        }

        return boxes;
    }

    public static IReadOnlyList<BoxCopy> Split(KernelRequest request, int axis)
    {
        int[] from = Strides(request.Input(0).Type, request.Input(0).Shape);
        var boxes = new List<BoxCopy>();
        int start = 0;
        for (int i = 0; i < request.OutputCount; i++)
        {
            Shape y = request.Output(i).Shape;
            boxes.Add(new BoxCopy(0, i, y.Dimensions.ToArray(), start * from[axis], from, 0, Strides(request.Output(i).Type, y)));
            start += y[axis];
        }

        return boxes;
    }
}
