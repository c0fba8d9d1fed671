namespace EdgeRuntime.Kernels;

/// <summary>y = min(max(x, low), high) on float32; NaN stays NaN.</summary>
internal sealed unsafe class FloatClampKernel(KernelRequest request, float low, float high) : Kernel
{
    private readonly int count = (int)request.Input(0).Shape.ElementCount;

    public override int InPlaceInput => 0;

    public override void Run(in KernelArguments arguments, int begin, int end)
    {
        float* x = (float*)arguments.Inputs[0];
        float* y = (float*)arguments.Outputs[0];
        for (int i = 0; i < count; i++)
            y[i] = MathF.Min(MathF.Max(x[i], low), high);
    }
}
