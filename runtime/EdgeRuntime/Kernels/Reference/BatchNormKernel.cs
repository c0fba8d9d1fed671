namespace EdgeRuntime.Kernels;

/// <summary>float32 batch normalization with folded statistics: x * scale[c] + offset[c] over the last dimension.</summary>
internal sealed unsafe class BatchNormKernel(KernelRequest request) : Kernel
{
    private readonly int channels = request.Input(0).Shape[^1];
    private readonly int rows = (int)(request.Input(0).Shape.ElementCount / request.Input(0).Shape[^1]);

    public override int InPlaceInput => 0;

    public override void Run(in KernelArguments arguments, int begin, int end)
    {
        float* x = (float*)arguments.Inputs[0];
        float* scale = (float*)arguments.Inputs[1];
        float* offset = (float*)arguments.Inputs[2];
        float* y = (float*)arguments.Outputs[0];
        for (int r = 0; r < rows; r++, x += channels, y += channels)
        {
            for (int c = 0; c < channels; c++)
                y[c] = x[c] * scale[c] + offset[c];
        }
    }
}
