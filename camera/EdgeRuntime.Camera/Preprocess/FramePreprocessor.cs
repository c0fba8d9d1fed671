namespace EdgeRuntime.Camera;

/// <summary>
/// Turns frames into the input tensor of a network: colour conversion, crop or letterbox, resize, normalisation and quantization. Tables are
/// prepared when the first frame of a format arrives; after that nothing is allocated. The result is the same to the bit on every instruction set.
/// Used by one thread at a time.
/// </summary>
public sealed class FramePreprocessor
{
    private readonly Func<ResamplePlan, IRowResampler> _resamplerOf;
    private readonly QuantizationTables _tables;
    private readonly byte[] _row;
    private IRowResampler? _resampler;
    private Placement _placement;
    private FrameFormat _prepared;

    /// <summary>Checks the description and computes its tables.</summary>
    /// <exception cref="CameraException">The description is out of its limits.</exception>
    public FramePreprocessor(FrameTransform transform)
        : this(transform, plan => RowKernels.Best is { } kernels ? new RowResampler(plan, kernels) : new ReferenceResampler(plan))
    {
    }

    internal FramePreprocessor(FrameTransform transform, Func<ResamplePlan, IRowResampler> resamplerOf)
    {
        ArgumentNullException.ThrowIfNull(transform);
        transform.Validate();
        Transform = transform;
        _resamplerOf = resamplerOf;
        _tables = new QuantizationTables(transform);
        _row = new byte[ResamplePlan.ChannelStrideOf(transform.Width) * transform.Channels];
    }

    /// <summary>What frames are turned into.</summary>
    public FrameTransform Transform { get; }

    /// <summary>Elements of the output tensor.</summary>
    public int ElementCount => Transform.ElementCount;

    /// <summary>Computes the tables for a frame format ahead of its first frame.</summary>
    /// <exception cref="CameraException">The format cannot be converted.</exception>
    public void Prepare(FrameFormat format)
    {
        if (_resampler is not null && _prepared == format)
            return;
        var plan = new ResamplePlan(Transform, format);
        _resampler = _resamplerOf(plan);
        _placement = plan.Placement;
        _prepared = format;
    }

    /// <summary>Writes the int8 input tensor for a frame.</summary>
    /// <param name="frame">The frame; a change of its format prepares anew.</param>
    /// <param name="destination">Exactly <see cref="ElementCount"/> elements, in the layout of <see cref="Transform"/>.</param>
    /// <exception cref="CameraException">The frame is incomplete or of a format that cannot be converted, or the destination has the wrong length.</exception>
    public void Run(Frame frame, Span<sbyte> destination)
    {
        ReadOnlySpan<byte> pixels = Begin(frame, destination.Length);
        WriteBars(destination, default(Int8Output));
        for (int y = 0; y < _placement.Height; y++)
        {
            _resampler!.ComputeRow(pixels, y, _row);
            WriteRow(destination, y, default(Int8Output));
        }
    }

    /// <summary>Writes the float32 input tensor for a frame: normalised, not quantized.</summary>
    /// <param name="frame">The frame; a change of its format prepares anew.</param>
    /// <param name="destination">Exactly <see cref="ElementCount"/> elements, in the layout of <see cref="Transform"/>.</param>
    /// <exception cref="CameraException">The frame is incomplete or of a format that cannot be converted, or the destination has the wrong length.</exception>
    public void Run(Frame frame, Span<float> destination)
    {
        ReadOnlySpan<byte> pixels = Begin(frame, destination.Length);
        WriteBars(destination, default(RealOutput));
        for (int y = 0; y < _placement.Height; y++)
        {
            _resampler!.ComputeRow(pixels, y, _row);
            WriteRow(destination, y, default(RealOutput));
        }
    }

    private ReadOnlySpan<byte> Begin(Frame frame, int destinationLength)
    {
        ArgumentNullException.ThrowIfNull(frame);
        if (destinationLength != ElementCount)
            throw new CameraException(CameraErrorKind.InvalidArgument, $"the destination has {destinationLength} elements, the input tensor {ElementCount}");
        frame.RequireComplete();
        Prepare(frame.Format);
        return frame.Data;
    }

    private void WriteRow<T, TOutput>(Span<T> destination, int row, TOutput output)
        where TOutput : struct, IOutput<T>
    {
        int channels = Transform.Channels, placed = _placement.Width;
        int start = ((_placement.Y + row) * Transform.Width) + _placement.X;
        for (int c = 0; c < channels; c++)
        {
            ReadOnlySpan<T> table = output.Table(_tables, c);
            ReadOnlySpan<byte> source = _row.AsSpan(c * ResamplePlan.ChannelStrideOf(placed), placed);
            if (Transform.Layout == OutputLayout.Nchw || channels == 1)
            {
                Span<T> target = destination.Slice((c * Transform.Width * Transform.Height) + start, placed);
                for (int x = 0; x < source.Length; x++)
                    target[x] = table[source[x]];
            }
            else
            {
                Span<T> target = destination.Slice(start * 3, placed * 3);
                for (int x = 0, t = c; x < source.Length; x++, t += 3)
                    target[t] = table[source[x]];
            }
        }
    }

    private void WriteBars<T, TOutput>(Span<T> destination, TOutput output)
        where TOutput : struct, IOutput<T>
    {
        if (_placement.Width == Transform.Width && _placement.Height == Transform.Height)
            return;
        int channels = Transform.Channels, plane = Transform.Width * Transform.Height;
        if (Transform.Layout == OutputLayout.Nchw)
        {
            for (int c = 0; c < channels; c++)
                destination.Slice(c * plane, plane).Fill(output.Table(_tables, c)[Transform.Fill]);
            return;
        }

        for (int i = 0; i < destination.Length; i++)
            destination[i] = output.Table(_tables, i % channels)[Transform.Fill];
    }

    private interface IOutput<T>
    {
        ReadOnlySpan<T> Table(QuantizationTables tables, int channel);
    }

    private readonly struct Int8Output : IOutput<sbyte>
    {
        public ReadOnlySpan<sbyte> Table(QuantizationTables tables, int channel) => tables.Int8(channel);
    }

    private readonly struct RealOutput : IOutput<float>
    {
        public ReadOnlySpan<float> Table(QuantizationTables tables, int channel) => tables.Real(channel);
    }
}
