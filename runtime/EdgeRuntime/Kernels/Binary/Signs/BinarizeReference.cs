using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels.Binary.Signs;

/// <summary>Signs of int8 or float32 against thresholds, channel by channel: bit 1 where x &lt; threshold, turned round where the direction says so.</summary>
internal sealed unsafe class BinarizeReference(KernelRequest request) : Kernel
{
    private readonly SignRule rule = new(request, 0, 1, 2);
    private readonly bool isInt8 = request.Input(0).Type == DataType.Int8;
    private readonly int channels = request.Input(0).Shape[^1];
    private readonly int rows = (int)(request.Input(0).Shape.ElementCount / request.Input(0).Shape[^1]);

    public override void Run(in KernelArguments arguments, int begin, int end)
    {
        byte* x = arguments.Inputs[0];
        uint* y = (uint*)arguments.Outputs[0];
        for (int r = 0; r < rows; r++, y += DataTypes.WordsFor(channels))
        {
            for (int c = 0; c < channels; c++)
            {
                long at = (long)r * channels + c;
                bool below = isInt8 ? ((sbyte*)x)[at] < rule.IntThresholds[c] : ((float*)x)[at] < rule.FloatThresholds[c];
                PackedRow.Append(y, c, (below ? 1 : 0) ^ rule.Directions[c]);
            }
        }
    }
}
