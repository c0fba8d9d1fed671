namespace EdgeRuntime.Camera;

/// <summary>Normalises computed rows into the input tensor: by table, or by arithmetic where the kernels can and the result is the same.</summary>
internal sealed unsafe class TensorWriter(FrameTransform transform, RowKernels? kernels)
{
    private readonly QuantizationTables tables = new(transform);

    /// <summary>Writes one row of int8 elements.</summary>
    /// <param name="row">Red, green, blue or grey, <paramref name="stride"/> bytes apart.</param>
    /// <param name="stride">See <paramref name="row"/>.</param>
    /// <param name="count">Pixels.</param>
    /// <param name="tensor">The whole tensor.</param>
    /// <param name="start">Number of the row's first pixel within a channel.</param>
    public void Write(ReadOnlySpan<byte> row, int stride, int count, Span<sbyte> tensor, int start)
    {
        int channels = transform.Channels;
        if (channels == 3 && transform.Layout == OutputLayout.Nhwc)
        {
            Span<sbyte> target = tensor.Slice(start * 3, count * 3);
            int done = QuantizeInterleaved(row, stride, count, target);
            for (int c = 0; c < 3 && done < count; c++)
                LookUp(row.Slice((Plane(c) * stride) + done, count - done), tables.Int8(c), target[((done * 3) + c)..], 3);
            return;
        }

        for (int c = 0; c < channels; c++)
        {
            ReadOnlySpan<byte> source = row.Slice(Plane(c) * stride, count);
            Span<sbyte> target = tensor.Slice((c * transform.Width * transform.Height) + start, count);
            int done = QuantizePlane(source, c, target);
            LookUp(source[done..], tables.Int8(c), target[done..], 1);
        }
    }

    /// <summary>Writes one row of float32 elements.</summary>
    /// <inheritdoc cref="Write(ReadOnlySpan{byte}, int, int, Span{sbyte}, int)"/>
    public void Write(ReadOnlySpan<byte> row, int stride, int count, Span<float> tensor, int start)
    {
        int channels = transform.Channels;
        bool interleaved = transform.Layout == OutputLayout.Nhwc;
        for (int c = 0; c < channels; c++)
        {
            int first = interleaved ? (start * channels) + c : (c * transform.Width * transform.Height) + start;
            LookUp(row.Slice(Plane(c) * stride, count), tables.Real(c), tensor[first..], interleaved ? channels : 1);
        }
    }

    /// <summary>Fills the tensor with the bars of a letterbox.</summary>
    public void Fill(Span<sbyte> tensor)
    {
        for (int c = 0; c < transform.Channels; c++)
            Fill(tensor, c, tables.Int8(c)[transform.Fill]);
    }

    /// <summary>Fills the tensor with the bars of a letterbox.</summary>
    public void Fill(Span<float> tensor)
    {
        for (int c = 0; c < transform.Channels; c++)
            Fill(tensor, c, tables.Real(c)[transform.Fill]);
    }

    /// <summary>The computed channel that becomes a channel of the tensor.</summary>
    private int Plane(int channel) => transform.BlueFirst ? 2 - channel : channel;

    private static void LookUp<T>(ReadOnlySpan<byte> source, ReadOnlySpan<T> table, Span<T> target, int step)
    {
        for (int x = 0, t = 0; x < source.Length; x++, t += step)
            target[t] = table[source[x]];
    }

    private void Fill<T>(Span<T> tensor, int channel, T value)
    {
        int plane = transform.Width * transform.Height;
        if (transform.Layout == OutputLayout.Nchw || transform.Channels == 1)
        {
            tensor.Slice(channel * plane, plane).Fill(value);
            return;
        }

        for (int i = channel; i < tensor.Length; i += transform.Channels)
            tensor[i] = value;
    }

    private int QuantizeInterleaved(ReadOnlySpan<byte> row, int stride, int count, Span<sbyte> target)
    {
        if (kernels is null || tables.Affine(0) is not { } first || tables.Affine(1) is not { } second || tables.Affine(2) is not { } third)
            return 0;
        fixed (byte* s = row)
        fixed (sbyte* d = target)
            return kernels.Quantize3(s + (Plane(0) * stride), transform.BlueFirst ? -stride : stride, first, second, third, d, count);
    }

    private int QuantizePlane(ReadOnlySpan<byte> source, int channel, Span<sbyte> target)
    {
        if (kernels is null || tables.Affine(channel) is not { } code)
            return 0;
        fixed (byte* s = source)
        fixed (sbyte* d = target)
            return kernels.Quantize(s, code, d, source.Length);
    }
}
