namespace EdgeRuntime.Camera;

/// <summary>
/// The vertical filter of one plane of a frame. A row of the plane is a sequence of groups (one pixel of RGB, two of YUYV, one U V pair of NV12,
/// one sample of a plain plane); the groups that are needed are blended as opaque bytes and then taken apart into one row per component.
/// </summary>
internal sealed unsafe class PlaneRows
{
    private readonly ResampleAxis _vertical;
    private readonly PixelFormat _pixelFormat;
    private readonly int _start, _stride, _groups, _groupBytes;
    private readonly bool _takeChroma;
    private readonly PinnedBuffer<ushort> _blended;
    private readonly PinnedBuffer<ushort>[] _parts;
    private readonly PinnedBuffer<byte> _weights;

    /// <param name="plan">The conversion.</param>
    /// <param name="components">Numbers of the components that lie in this plane.</param>
    public PlaneRows(ResamplePlan plan, int[] components)
    {
        SampleLayout layout = plan.Components[components[0]];
        _pixelFormat = plan.Format.PixelFormat;
        _vertical = plan.Vertical[components[0]];
        _stride = layout.Stride;
        bool paired = _pixelFormat is PixelFormat.Yuyv or PixelFormat.Uyvy;
        _takeChroma = paired && components.Length > 1;
        _groupBytes = paired ? 4 : layout.Step;
        int low = int.MaxValue, high = 0;
        foreach (int k in components)
        {
            int perGroup = paired && k == 0 ? 2 : 1;
            low = Math.Min(low, plan.Horizontal[k].Low / perGroup);
            high = Math.Max(high, (plan.Horizontal[k].High + perGroup - 1) / perGroup);
        }

        _groups = high - low;
        _start = layout.PlaneOffset + (low * _groupBytes);
        FirstLumaOrOnly = paired ? low * 2 : low;
        FirstChroma = low;
        int taps = ComponentFilter.PaddedTaps(plan.Horizontal[components[0]].MaxTaps);
        int longest = (paired ? 2 : 1) * _groups;
        _blended = new PinnedBuffer<ushort>((_groups * _groupBytes) + taps);
        _parts = new PinnedBuffer<ushort>[_groupBytes == 1 ? 0 : _groupBytes == 4 ? 6 : _groupBytes];
        for (int i = 0; i < _parts.Length; i++)
            _parts[i] = new PinnedBuffer<ushort>(Math.Max(longest, _groupBytes == 4 ? 2 * _groups : 0) + taps);
        _weights = new PinnedBuffer<byte>(_vertical.Length * _vertical.MaxTaps);
        for (int y = 0; y < _vertical.Length; y++)
        {
            ReadOnlySpan<ushort> taps16 = _vertical.Weights(y);
            for (int j = 0; j < taps16.Length; j++)
                _weights.Span[(y * _vertical.MaxTaps) + j] = (byte)taps16[j];
        }
    }

    /// <summary>Number of the sample that stands first in the rows of the luma component, or of all components of other formats.</summary>
    public int FirstLumaOrOnly { get; }

    /// <summary>Number of the sample that stands first in the chroma rows.</summary>
    public int FirstChroma { get; }

    /// <summary>The row of a component after <see cref="Compute"/>.</summary>
    /// <param name="layout">Where the component lies.</param>
    public PinnedBuffer<ushort> Row(SampleLayout layout) => _pixelFormat switch
    {
        PixelFormat.Yuyv => layout.HalfWidth ? _parts[2 + (layout.Offset / 2)] : _parts[0],
        PixelFormat.Uyvy => layout.HalfWidth ? _parts[2 + (layout.Offset / 2)] : _parts[1],
        PixelFormat.Rgba32 => _parts[2 + ((layout.Offset & 1) * 2) + (layout.Offset >> 1)],
        _ => _groupBytes == 1 ? _blended : _parts[layout.Offset],
    };

    /// <summary>Filters one row of the target.</summary>
    public void Compute(RowKernels kernels, byte* frame, int row)
    {
        byte* source = frame + _start + ((nint)_vertical.First[row] * _stride);
        ushort* blended = _blended.Pointer;
        kernels.Blend(source, _stride, _weights.Pointer + (row * _vertical.MaxTaps), _vertical.Counts[row], blended, _groups * _groupBytes);
        switch (_groupBytes)
        {
            case 2:
                kernels.Unzip2(blended, _parts[0].Pointer, _parts[1].Pointer, _groups);
                break;
            case 3:
                kernels.Unzip3(blended, _parts[0].Pointer, _parts[1].Pointer, _parts[2].Pointer, _groups);
                break;
            case 4:
                kernels.Unzip2(blended, _parts[0].Pointer, _parts[1].Pointer, _groups * 2);
                if (_pixelFormat == PixelFormat.Rgba32)
                {
                    kernels.Unzip2(_parts[0].Pointer, _parts[2].Pointer, _parts[3].Pointer, _groups);
                    kernels.Unzip2(_parts[1].Pointer, _parts[4].Pointer, _parts[5].Pointer, _groups);
                }
                else if (_takeChroma)
                    kernels.Unzip2(_parts[_pixelFormat == PixelFormat.Yuyv ? 1 : 0].Pointer, _parts[2].Pointer, _parts[3].Pointer, _groups);
                break;
        }
    }
}
