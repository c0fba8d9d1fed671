namespace EdgeRuntime.Camera;

/// <summary>
/// The vertical filter of one plane of a frame. A row of the plane is a sequence of groups (one pixel of RGB, two of YUYV, one U V pair of NV12,
/// one sample of a plain plane); the groups that are needed are blended as opaque bytes and then taken apart into one row per component.
/// </summary>
internal sealed unsafe class PlaneRows
{
    private readonly ResampleAxis vertical;
    private readonly PixelFormat pixelFormat;
    private readonly int start, stride, groups, groupBytes;
    private readonly bool takeChroma;
    private readonly PinnedBuffer<ushort> blended;
    private readonly PinnedBuffer<ushort>[] parts;
    private readonly PinnedBuffer<byte> weights;

    /// <param name="plan">The conversion.</param>
    /// <param name="components">Numbers of the components that lie in this plane.</param>
    public PlaneRows(ResamplePlan plan, int[] components)
    {
        SampleLayout layout = plan.Components[components[0]];
        pixelFormat = plan.Format.PixelFormat;
        vertical = plan.Vertical[components[0]];
        stride = layout.Stride;
        bool paired = pixelFormat is PixelFormat.Yuyv or PixelFormat.Uyvy;
        takeChroma = paired && components.Length > 1;
        groupBytes = paired ? 4 : layout.Step;
        int low = int.MaxValue, high = 0;
        foreach (int k in components)
        {
            int perGroup = paired && k == 0 ? 2 : 1;
            low = Math.Min(low, plan.Horizontal[k].Low / perGroup);
            high = Math.Max(high, (plan.Horizontal[k].High + perGroup - 1) / perGroup);
        }

        groups = high - low;
        start = layout.PlaneOffset + (low * groupBytes);
        FirstLumaOrOnly = paired ? low * 2 : low;
        FirstChroma = low;
        int taps = ComponentFilter.PaddedTaps(plan.Horizontal[components[0]].MaxTaps);
        int longest = (paired ? 2 : 1) * groups;
        blended = new PinnedBuffer<ushort>((groups * groupBytes) + taps);
        parts = new PinnedBuffer<ushort>[groupBytes == 1 ? 0 : groupBytes == 4 ? 6 : groupBytes];
        for (int i = 0; i < parts.Length; i++)
            parts[i] = new PinnedBuffer<ushort>(Math.Max(longest, groupBytes == 4 ? 2 * groups : 0) + taps);
        weights = new PinnedBuffer<byte>(vertical.Length * vertical.MaxTaps);
        for (int y = 0; y < vertical.Length; y++)
        {
            ReadOnlySpan<ushort> taps16 = vertical.Weights(y);
            for (int j = 0; j < taps16.Length; j++)
                weights.Span[(y * vertical.MaxTaps) + j] = (byte)taps16[j];
        }
    }

    /// <summary>Number of the sample that stands first in the rows of the luma component, or of all components of other formats.</summary>
    public int FirstLumaOrOnly { get; }

    /// <summary>Number of the sample that stands first in the chroma rows.</summary>
    public int FirstChroma { get; }

    /// <summary>The row of a component after <see cref="Compute"/>.</summary>
    /// <param name="layout">Where the component lies.</param>
    public PinnedBuffer<ushort> Row(SampleLayout layout) => pixelFormat switch
    {
        PixelFormat.Yuyv => layout.HalfWidth ? parts[2 + (layout.Offset / 2)] : parts[0],
        PixelFormat.Uyvy => layout.HalfWidth ? parts[2 + (layout.Offset / 2)] : parts[1],
        PixelFormat.Rgba32 => parts[2 + ((layout.Offset & 1) * 2) + (layout.Offset >> 1)],
        _ => groupBytes == 1 ? blended : parts[layout.Offset],
    };

    /// <summary>Filters one row of the target.</summary>
    public void Compute(RowKernels kernels, byte* frame, int row)
    {
        byte* source = frame + start + ((nint)vertical.First[row] * stride);
        ushort* blended = this.blended.Pointer;
        kernels.Blend(source, stride, weights.Pointer + (row * vertical.MaxTaps), vertical.Counts[row], blended, groups * groupBytes);
        switch (groupBytes)
        {
            case 2:
                kernels.Unzip2(blended, parts[0].Pointer, parts[1].Pointer, groups);
                break;
            case 3:
                kernels.Unzip3(blended, parts[0].Pointer, parts[1].Pointer, parts[2].Pointer, groups);
                break;
            case 4:
                kernels.Unzip2(blended, parts[0].Pointer, parts[1].Pointer, groups * 2);
                if (pixelFormat == PixelFormat.Rgba32)
                {
                    kernels.Unzip2(parts[0].Pointer, parts[2].Pointer, parts[3].Pointer, groups);
                    kernels.Unzip2(parts[1].Pointer, parts[4].Pointer, parts[5].Pointer, groups);
                }
                else if (takeChroma)
                    kernels.Unzip2(parts[pixelFormat == PixelFormat.Yuyv ? 1 : 0].Pointer, parts[2].Pointer, parts[3].Pointer, groups);
                break;
        }
    }
}
