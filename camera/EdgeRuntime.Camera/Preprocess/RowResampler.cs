namespace EdgeRuntime.Camera;

/// <summary>
/// The conversion in one pass over the frame, row by row of the target: source rows are blended as opaque bytes (all components of an
/// interleaved format at once), taken apart, filtered across, and mixed to channels. Intermediate rows stay in the first-level cache.
/// </summary>
internal sealed unsafe class RowResampler : IRowResampler
{
    private readonly ResamplePlan _plan;
    private readonly RowKernels _kernels;
    private readonly PlaneRows[] _planes;
    private readonly ComponentFilter[] _filters;
    private readonly MixCoefficients[] _mixes;
    private readonly bool _roundOnly;

    public RowResampler(ResamplePlan plan, RowKernels kernels)
    {
        _plan = plan;
        _kernels = kernels;
        _filters = new ComponentFilter[plan.Components.Length];
        var planes = new List<PlaneRows>();
        foreach (IGrouping<int, int> plane in Enumerable.Range(0, plan.Components.Length).GroupBy(k => plan.Components[k].PlaneOffset))
        {
            var rows = new PlaneRows(plan, [.. plane]);
            planes.Add(rows);
            foreach (int k in plane)
            {
                int first = plan.Components[k].HalfWidth ? rows.FirstChroma : rows.FirstLumaOrOnly;
                _filters[k] = new ComponentFilter(plan.Horizontal[k], rows.Row(plan.Components[k]), first);
            }
        }

        _planes = [.. planes];
        _mixes = new MixCoefficients[plan.Matrix.Outputs];
        short[,] coefficients = plan.Matrix.Coefficients;
        int inputs = plan.Matrix.Inputs;
        for (int c = 0; c < _mixes.Length; c++)
            _mixes[c] = new MixCoefficients(coefficients[c, 0], inputs > 1 ? coefficients[c, 1] : (short)0, inputs > 2 ? coefficients[c, 2] : (short)0, plan.Matrix.Bias[c]);
        _roundOnly = plan.Matrix.IsIdentity;
    }

    public void ComputeRow(ReadOnlySpan<byte> pixels, int row, Span<byte> channels)
    {
        int width = _plan.Placement.Width, stride = _plan.ChannelStride;
        if (pixels.Length < _plan.Format.ByteLength || channels.Length < stride * _mixes.Length)
            throw new CameraException(CameraErrorKind.InvalidArgument, $"{pixels.Length} bytes for a frame {_plan.Format}, {channels.Length} for a row of it");
        fixed (byte* frame = pixels, output = channels)
        {
            foreach (PlaneRows plane in _planes)
                plane.Compute(_kernels, frame, row);
            foreach (ComponentFilter filter in _filters)
                filter.Compute(_kernels);
            short* a = _filters[0].Samples, b = _filters[_filters.Length > 1 ? 1 : 0].Samples, c = _filters[^1].Samples;
            for (int channel = 0; channel < _mixes.Length; channel++)
            {
                byte* d = output + (channel * stride);
                if (_roundOnly)
                    _kernels.Round(_filters[Math.Min(channel, _filters.Length - 1)].Samples, d, width);
                else
                    _kernels.Mix(a, b, c, in _mixes[channel], d, width);
            }
        }

        GC.KeepAlive(this);
    }
}
