using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels.Binary.Conv2D;

/// <summary>The output transform of one accumulator as its definition in <see cref="BinaryOutput"/> computes it, stored where it belongs.</summary>
internal static unsafe class AccumulatorStore
{
    /// <summary>Stores output and sign of one channel; channels of a pixel come in ascending order.</summary>
    /// <param name="output">The transform.</param>
    /// <param name="arguments">Inputs, for the residual, and outputs.</param>
    /// <param name="pixel">Output position, counted over all pictures.</param>
    /// <param name="channel">Output channel.</param>
    /// <param name="accumulator">Sum of products.</param>
    /// <param name="magnitude">XNOR-Net's K, where the layer has it.</param>
    public static void Store(this BinaryOutput output, in KernelArguments arguments, nint pixel, int channel, int accumulator, float magnitude)
    {
        int words = DataTypes.WordsFor(output.Channels);
        if (output.Type == DataType.Bit)
        {
            PackedRow.Append((uint*)arguments.Outputs[0] + (pixel * words), channel, output.Bit(accumulator, channel));
            return;
        }

        nint at = (pixel * output.Channels) + channel;
        byte* residual = output.HasResidual ? arguments.Inputs[BinaryInputs.Residual] : null;
        int sign;
        if (output.Type == DataType.Float32)
        {
            float y = output.Float(accumulator, channel, residual == null ? 0 : ((float*)residual)[at], magnitude);
            ((float*)arguments.Outputs[0])[at] = y;
            sign = output.HasSigns ? output.SignOf(y, channel) : 0;
        }
        else
        {
            sbyte y = output.Int8(accumulator, channel, residual == null ? (sbyte)0 : ((sbyte*)residual)[at]);
            ((sbyte*)arguments.Outputs[0])[at] = y;
            sign = output.HasSigns ? output.SignOf(y, channel) : 0;
        }

        if (output.HasSigns)
            PackedRow.Append((uint*)arguments.Outputs[1] + (pixel * words), channel, sign);
    }
}
