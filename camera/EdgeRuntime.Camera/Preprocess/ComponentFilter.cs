namespace EdgeRuntime.Camera;

/// <summary>The horizontal filter of one component: positions and weights laid out for the kernels.</summary>
internal sealed unsafe class ComponentFilter
{
    private readonly PinnedBuffer<ushort> _source;
    private readonly PinnedBuffer<uint> _offsets;
    private readonly PinnedBuffer<ushort> _weights;
    private readonly PinnedBuffer<short> _samples;
    private readonly int _taps, _outputs;

    /// <param name="axis">Weights.</param>
    /// <param name="source">The component's row, padded by at least <see cref="PaddedTaps"/>.</param>
    /// <param name="firstSample">Number of the sample that stands first in it.</param>
    public ComponentFilter(ResampleAxis axis, PinnedBuffer<ushort> source, int firstSample)
    {
        _source = source;
        _outputs = axis.Length;
        _taps = PaddedTaps(axis.MaxTaps);
        _offsets = new PinnedBuffer<uint>(_outputs);
        _weights = new PinnedBuffer<ushort>((_outputs + 8) * _taps);
        _samples = new PinnedBuffer<short>(ResamplePlan.ChannelStrideOf(_outputs));
        for (int i = 0; i < _outputs; i++)
        {
            _offsets.Span[i] = (uint)((axis.First[i] - firstSample) * sizeof(ushort));
            axis.Weights(i).CopyTo(_weights.Span[(i * _taps)..]);
        }
    }

    /// <summary>The filtered row, 6 fraction bits.</summary>
    public short* Samples => _samples.Pointer;

    /// <summary>Number of taps that the kernels work with.</summary>
    public static int PaddedTaps(int taps) => taps <= 4 ? 4 : (taps + 7) & ~7;

    public void Compute(RowKernels kernels) => kernels.Filter(_source.Pointer, _offsets.Pointer, _weights.Pointer, _taps, _samples.Pointer, _outputs);
}
