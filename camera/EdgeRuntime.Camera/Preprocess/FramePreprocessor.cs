namespace EdgeRuntime.Camera;

/// <summary>
/// Turns frames into the input tensor of a network: colour conversion, crop or letterbox, resize, normalisation and quantization. Tables are
/// prepared when the first frame of a format arrives; after that nothing is allocated. The result is the same to the bit on every instruction set.
/// Used by one thread at a time.
/// </summary>
public sealed class FramePreprocessor
{
    private readonly RowKernels? kernels;
    private readonly TensorWriter writer;
    private readonly byte[] row;
    private IRowResampler? resampler;
    private Placement placement;
    private FrameFormat prepared;

    /// <summary>Checks the description and computes its tables.</summary>
    /// <exception cref="CameraException">The description is out of its limits.</exception>
    public FramePreprocessor(FrameTransform transform)
        : this(transform, RowKernels.Best)
    {
    }

    /// <summary>As the public one, with the kernels of a certain instruction set; null for the reference.</summary>
    internal FramePreprocessor(FrameTransform transform, RowKernels? kernels)
    {
        ArgumentNullException.ThrowIfNull(transform);
        transform.Validate();
        Transform = transform;
        this.kernels = kernels;
        writer = new TensorWriter(transform, kernels);
        row = new byte[ResamplePlan.ChannelStrideOf(transform.Width) * transform.Channels];
    }

    /// <summary>What frames are turned into.</summary>
    public FrameTransform Transform { get; }

    /// <summary>Elements of the output tensor.</summary>
    public int ElementCount => Transform.ElementCount;

    private bool HasBars => placement.Width != Transform.Width || placement.Height != Transform.Height;

    /// <summary>Computes the tables for a frame format ahead of its first frame.</summary>
    /// <exception cref="CameraException">The format cannot be converted.</exception>
    public void Prepare(FrameFormat format)
    {
        if (resampler is not null && prepared == format)
            return;
        var plan = new ResamplePlan(Transform, format);
        resampler = kernels is null ? new ReferenceResampler(plan) : new RowResampler(plan, kernels);
        placement = plan.Placement;
        prepared = format;
    }

    /// <summary>Writes the int8 input tensor for a frame.</summary>
    /// <param name="frame">The frame; a change of its format prepares anew.</param>
    /// <param name="destination">Exactly <see cref="ElementCount"/> elements, in the layout of <see cref="Transform"/>.</param>
    /// <exception cref="CameraException">The frame is incomplete or of a format that cannot be converted, or the destination has the wrong length.</exception>
    public void Run(Frame frame, Span<sbyte> destination)
    {
        ReadOnlySpan<byte> pixels = Begin(frame, destination.Length);
        if (HasBars)
            writer.Fill(destination);
        int stride = ResamplePlan.ChannelStrideOf(placement.Width);
        for (int y = 0; y < placement.Height; y++)
        {
            resampler!.ComputeRow(pixels, y, row);
            writer.Write(row, stride, placement.Width, destination, ((placement.Y + y) * Transform.Width) + placement.X);
        }
    }

    /// <summary>Writes the float32 input tensor for a frame: normalised, not quantized.</summary>
    /// <param name="frame">The frame; a change of its format prepares anew.</param>
    /// <param name="destination">Exactly <see cref="ElementCount"/> elements, in the layout of <see cref="Transform"/>.</param>
    /// <exception cref="CameraException">The frame is incomplete or of a format that cannot be converted, or the destination has the wrong length.</exception>
    public void Run(Frame frame, Span<float> destination)
    {
        ReadOnlySpan<byte> pixels = Begin(frame, destination.Length);
        if (HasBars)
            writer.Fill(destination);
        int stride = ResamplePlan.ChannelStrideOf(placement.Width);
        for (int y = 0; y < placement.Height; y++)
        {
            resampler!.ComputeRow(pixels, y, row);
            writer.Write(row, stride, placement.Width, destination, ((placement.Y + y) * Transform.Width) + placement.X);
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
}
