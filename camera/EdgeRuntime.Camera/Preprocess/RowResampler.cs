namespace EdgeRuntime.Camera;

/// <summary>
/// The conversion in one pass over the frame, row by row of the target: source rows are blended as opaque bytes (all components of an
/// interleaved format at once), taken apart, filtered across, and mixed to channels. Intermediate rows stay in the first-level cache.
/// </summary>
internal sealed unsafe class RowResampler : IRowResampler
{
    private readonly ResamplePlan plan;
    private readonly RowKernels kernels;
    private readonly PlaneRows[] planes;
    private readonly ComponentFilter[] filters;
    private readonly MixCoefficients[] mixes;
    private readonly bool roundOnly;

    public RowResampler(ResamplePlan plan, RowKernels kernels)
    {
        this.plan = plan;
        this.kernels = kernels;
        filters = new ComponentFilter[plan.Components.Length];
        var planes = new List<PlaneRows>();
        foreach (IGrouping<int, int> plane in Enumerable.Range(0, plan.Components.Length).GroupBy(k => plan.Components[k].PlaneOffset))
        {
            var rows = new PlaneRows(plan, [.. plane]);
            planes.Add(rows);
            foreach (int k in plane)
            {
                int first = plan.Components[k].HalfWidth ? rows.FirstChroma : rows.FirstLumaOrOnly;
                filters[k] = new ComponentFilter(plan.Horizontal[k], rows.Row(plan.Components[k]), first);
            }
        }

        this.planes = [.. planes];
        mixes = new MixCoefficients[plan.Matrix.Outputs];
        short[,] coefficients = plan.Matrix.Coefficients;
        int inputs = plan.Matrix.Inputs;
        for (int c = 0; c < mixes.Length; c++)
            mixes[c] = new MixCoefficients(coefficients[c, 0], inputs > 1 ? coefficients[c, 1] : (short)0, inputs > 2 ? coefficients[c, 2] : (short)0, plan.Matrix.Bias[c]);
        roundOnly = plan.Matrix.IsIdentity;
    }

    public void ComputeRow(ReadOnlySpan<byte> pixels, int row, Span<byte> channels)
    {
        int width = plan.Placement.Width, stride = plan.ChannelStride;
        if (pixels.Length < plan.Format.ByteLength || channels.Length < stride * mixes.Length)
            throw new CameraException(CameraErrorKind.InvalidArgument, $"{pixels.Length} bytes for a frame {plan.Format}, {channels.Length} for a row of it");
        fixed (byte* frame = pixels, output = channels)
        {
            foreach (PlaneRows plane in planes)
                plane.Compute(kernels, frame, row);
            foreach (ComponentFilter filter in filters)
                filter.Compute(kernels);
            short* a = filters[0].Samples, b = filters[filters.Length > 1 ? 1 : 0].Samples, c = filters[^1].Samples;
            for (int channel = 0; channel < mixes.Length; channel++)
            {
                byte* d = output + (channel * stride);
                if (roundOnly)
                    kernels.Round(filters[Math.Min(channel, filters.Length - 1)].Samples, d, width);
                else
                    kernels.Mix(a, b, c, in mixes[channel], d, width);
            }
        }

        GC.KeepAlive(this);
    }
}
