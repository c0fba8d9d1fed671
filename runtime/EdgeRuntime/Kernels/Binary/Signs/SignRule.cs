using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels.Binary.Signs;

/// <summary>Thresholds and directions by which values become signs; without thresholds the real value 0 decides.</summary>
internal sealed unsafe class SignRule
{
    /// <param name="request">The operator.</param>
    /// <param name="values">Input whose values are compared; its type and quantization count.</param>
    /// <param name="thresholds">Input that holds the thresholds.</param>
    /// <param name="directions">Input that holds the directions.</param>
    public SignRule(KernelRequest request, int values, int thresholds, int directions)
    {
        TensorInfo x = request.Input(values);
        int channels = x.Shape[^1];
        byte* given = request.Constant(thresholds);
        if (x.Type == DataType.Int8)
        {
            IntThresholds = new int[channels];
            if (given == null)
                IntThresholds.AsSpan().Fill(x.Quantization!.ZeroPoint);
            else
                new ReadOnlySpan<int>(given, channels).CopyTo(IntThresholds);
        }
        else
        {
            FloatThresholds = new float[channels];
            if (given != null)
                new ReadOnlySpan<float>(given, channels).CopyTo(FloatThresholds);
        }

        Directions = new byte[channels];
        uint* words = (uint*)request.Constant(directions);
        for (int c = 0; words != null && c < channels; c++)
            Directions[c] = (byte)PackedRow.Bit(words, c);
    }

    /// <summary>Whether all channels have the same threshold and direction.</summary>
    public bool IsUniform => !IntThresholds.AsSpan().ContainsAnyExcept(IntThresholds.FirstOrDefault()) && !FloatThresholds.AsSpan().ContainsAnyExcept(FloatThresholds.FirstOrDefault())
        && !Directions.AsSpan().ContainsAnyExcept(Directions[0]);

    /// <summary>Whether 0 is the threshold of all channels, in one direction.</summary>
    public bool IsZero => IsUniform && (IntThresholds.Length > 0 ? IntThresholds[0] == 0 : FloatThresholds[0] == 0);

    /// <summary>For int8 values: -1 below.</summary>
    public int[] IntThresholds { get; } = [];

    /// <summary>For float values: -1 below.</summary>
    public float[] FloatThresholds { get; } = [];

    /// <summary>One byte per channel: 1 turns the sign round.</summary>
    public byte[] Directions { get; }
}
