namespace EdgeRuntime.Camera;

/// <summary>Computes rows of resampled, colour-converted pixels, one byte array per channel, before normalisation.</summary>
internal interface IRowResampler
{
    /// <summary>Computes one row of the placed picture.</summary>
    /// <param name="pixels">All bytes of the frame; at least as long as the plan's format asks for.</param>
    /// <param name="row">Row within the placement, from 0.</param>
    /// <param name="channels">Receives channel after channel, each as wide as the placement.</param>
    void ComputeRow(ReadOnlySpan<byte> pixels, int row, Span<byte> channels);
}
