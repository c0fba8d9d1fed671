namespace EdgeRuntime.Camera;

/// <summary>Computes rows of resampled, colour-converted pixels, channel by channel, before normalisation.</summary>
internal interface IRowResampler
{
    /// <summary>Computes one row of the placed picture.</summary>
    /// <param name="pixels">All bytes of the frame; at least as long as the plan's format asks for.</param>
    /// <param name="row">Row within the placement, from 0.</param>
    /// <param name="channels">Receives channel after channel, each at a multiple of <see cref="ResamplePlan.ChannelStride"/>; what lies
    /// between the width of the placement and that stride is scratch.</param>
    void ComputeRow(ReadOnlySpan<byte> pixels, int row, Span<byte> channels);
}
