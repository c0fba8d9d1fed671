using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels;

/// <summary>The boxes that the operators which only move elements copy.</summary>
internal static class BoxCopies
{
    public static BoxCopy Transpose(Shape x, Shape y, IReadOnlyList<int> permutation)
    {
        int[] dense = StridedWalk.DenseStrides(x);
        return new BoxCopy(0, 0, y.Dimensions.ToArray(), 0, [.. permutation.Select(p => dense[p])], 0, StridedWalk.DenseStrides(y));
    }

    public static BoxCopy Pad(Shape x, Shape y, IReadOnlyList<int> before)
    {
        int[] to = StridedWalk.DenseStrides(y);
        return new BoxCopy(0, 0, x.Dimensions.ToArray(), 0, StridedWalk.DenseStrides(x), before.Select((b, d) => b * to[d]).Sum(), to);
    }

    public static BoxCopy Slice(Shape x, Shape y, SliceOptions options)
    {
        int[] dense = StridedWalk.DenseStrides(x);
        int[] from = [.. options.Stride.Select((s, d) => s * dense[d])];
        return new BoxCopy(0, 0, y.Dimensions.ToArray(), options.Begin.Select((b, d) => b * dense[d]).Sum(), from, 0, StridedWalk.DenseStrides(y));
    }

    /// <summary>Channel g * (c / groups) + i goes to i * groups + g.</summary>
    public static BoxCopy ChannelShuffle(Shape x, int groups)
    {
        int channels = x[^1];
        int perGroup = channels / groups;
        int rows = (int)(x.ElementCount / channels);
        return new BoxCopy(0, 0, [rows, groups, perGroup], 0, [channels, perGroup, 1], 0, [channels, 1, groups]);
    }

    public static IReadOnlyList<BoxCopy> Concat(KernelRequest request, int axis)
    {
        int[] to = StridedWalk.DenseStrides(request.Output().Shape);
        var boxes = new List<BoxCopy>();
        int start = 0;
        for (int i = 0; i < request.InputCount; i++)
        {
            Shape x = request.Input(i).Shape;
            boxes.Add(new BoxCopy(i, 0, x.Dimensions.ToArray(), 0, StridedWalk.DenseStrides(x), start * to[axis], to));
            start += x[axis];
        }

        return boxes;
    }

    public static IReadOnlyList<BoxCopy> Split(KernelRequest request, int axis)
    {
        int[] from = StridedWalk.DenseStrides(request.Input(0).Shape);
        var boxes = new List<BoxCopy>();
        int start = 0;
        for (int i = 0; i < request.OutputCount; i++)
        {
            Shape y = request.Output(i).Shape;
            boxes.Add(new BoxCopy(0, i, y.Dimensions.ToArray(), start * from[axis], from, 0, StridedWalk.DenseStrides(y)));
            start += y[axis];
        }

        return boxes;
    }
}
