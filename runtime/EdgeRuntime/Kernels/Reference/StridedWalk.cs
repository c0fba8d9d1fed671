using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels;

/// <summary>
/// Walks over a box in row-major order and keeps the element offset of the current position in some tensor: start + sum of index[d] * strides[d].
/// A stride of 0 repeats (broadcasting), a negative one goes backwards.
/// </summary>
/// <param name="dims">Dimensions of the box.</param>
/// <param name="strides">At least as many strides, in elements.</param>
/// <param name="start">Element offset of the first position.</param>
internal unsafe ref struct StridedWalk(ReadOnlySpan<int> dims, ReadOnlySpan<int> strides, int start)
{
    private readonly ReadOnlySpan<int> dims = dims;
    private readonly ReadOnlySpan<int> strides = strides;
    private fixed int index[Shape.MaxRank];

    /// <summary>Element offset of the current position.</summary>
    public int Offset { get; private set; } = start;

    /// <summary>Goes on to the next position; after the last one to the first.</summary>
    public void Next()
    {
        for (int d = dims.Length - 1; d >= 0; d--)
        {
            Offset += strides[d];
            if (++index[d] < dims[d])
                return;
            Offset -= strides[d] * dims[d];
            index[d] = 0;
        }
    }

    /// <summary>Row-major strides of a dense tensor, in elements.</summary>
    public static int[] DenseStrides(Shape shape)
    {
        int[] strides = new int[shape.Rank];
        int stride = 1;
        for (int d = shape.Rank - 1; d >= 0; d--)
        {
            strides[d] = stride;
            stride *= shape[d];
        }

        return strides;
    }

    /// <summary>Strides that read a tensor as if it had a larger shape: missing leading dimensions and dimensions of 1 repeat.</summary>
    public static int[] BroadcastStrides(Shape from, Shape to)
    {
        int[] dense = DenseStrides(from);
        int[] strides = new int[to.Rank];
        for (int d = 0; d < from.Rank; d++)
            strides[to.Rank - from.Rank + d] = from[d] == 1 ? 0 : dense[d];
        return strides;
    }
}
