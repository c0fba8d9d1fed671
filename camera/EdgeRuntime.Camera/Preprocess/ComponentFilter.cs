namespace EdgeRuntime.Camera;

/// <summary>The horizontal filter of one component: positions and weights laid out for the kernels.</summary>
internal sealed unsafe class ComponentFilter
{
    private readonly PinnedBuffer<ushort> source;
    private readonly PinnedBuffer<uint> offsets;
    private readonly PinnedBuffer<ushort> weights;
    private readonly PinnedBuffer<short> samples;
    private readonly int taps, outputs;

    /// <param name="axis">Weights.</param>
    /// <param name="source">The component's row, padded by at least <see cref="PaddedTaps"/>.</param>
    /// <param name="firstSample">Number of the sample that stands first in it.</param>
    public ComponentFilter(ResampleAxis axis, PinnedBuffer<ushort> source, int firstSample)
    {
        this.source = source;
        outputs = axis.Length;
        taps = PaddedTaps(axis.MaxTaps);
        offsets = new PinnedBuffer<uint>(outputs);
        weights = new PinnedBuffer<ushort>((outputs + 8) * taps);
        samples = new PinnedBuffer<short>(ResamplePlan.ChannelStrideOf(outputs));
        for (int i = 0; i < outputs; i++)
        {
            offsets.Span[i] = (uint)((axis.First[i] - firstSample) * sizeof(ushort));
            axis.Weights(i).CopyTo(weights.Span[(i * taps)..]);
        }
    }

    /// <summary>The filtered row, 6 fraction bits.</summary>
    public short* Samples => samples.Pointer;

    /// <summary>Number of taps that the kernels work with.</summary>
    public static int PaddedTaps(int taps) => taps <= 4 ? 4 : (taps + 7) & ~7;

    public void Compute(RowKernels kernels) => kernels.Filter(source.Pointer, offsets.Pointer, weights.Pointer, taps, samples.Pointer, outputs);
}
