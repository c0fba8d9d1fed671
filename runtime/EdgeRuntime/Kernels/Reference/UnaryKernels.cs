using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels;

/// <summary>What an elementwise float operator of one input does with an element.</summary>
internal interface IUnaryOperation
{
    /// <summary>The output element.</summary>
    float Apply(float x);
}

/// <summary>Elementwise float32 operator of one input.</summary>
internal sealed unsafe class Float32UnaryKernel<TOperation>(KernelRequest request, TOperation operation) : Kernel
    where TOperation : struct, IUnaryOperation
{
    private readonly int count = (int)request.Input(0).Shape.ElementCount;

    public override int InPlaceInput => 0;

    public override void Run(in KernelArguments arguments, int begin, int end)
    {
        float* x = (float*)arguments.Inputs[0];
        float* y = (float*)arguments.Outputs[0];
        for (int i = 0; i < count; i++)
            y[i] = operation.Apply(x[i]);
    }
}

/// <summary>min(max(x, low), high); NaN stays NaN.</summary>
internal readonly struct Float32Clamp(float low, float high) : IUnaryOperation
{
    public float Apply(float x) => MathF.Min(MathF.Max(x, low), high);
}

/// <summary>x * min(max(x + 3, 0), 6) / 6.</summary>
internal readonly struct Float32HardSwish : IUnaryOperation
{
    public float Apply(float x) => x * MathF.Min(MathF.Max(x + 3, 0), 6) / 6;
}

/// <summary>1 / (1 + e^-x).</summary>
internal readonly struct Float32Logistic : IUnaryOperation
{
    public float Apply(float x) => 1 / (1 + MathF.Exp(-x));
}

/// <summary>Hyperbolic tangent.</summary>
internal readonly struct Float32Tanh : IUnaryOperation
{
    public float Apply(float x) => MathF.Tanh(x);
}

/// <summary>Elementwise int8 operator of one input: 256 outputs, computed once. Entry x + 128 is the output for x.</summary>
internal sealed unsafe class Int8TableKernel(KernelRequest request, sbyte[] table) : Kernel
{
    private readonly int count = (int)request.Input(0).Shape.ElementCount;

    public override int InPlaceInput => 0;

    public override long PackedBytes => table.Length;

    public override void Run(in KernelArguments arguments, int begin, int end)
    {
        sbyte* x = (sbyte*)arguments.Inputs[0];
        sbyte* y = (sbyte*)arguments.Outputs[0];
        for (int i = 0; i < count; i++)
            y[i] = table[x[i] - sbyte.MinValue];
    }
}

/// <summary>float32 to int8: round(x / scale), halves away from zero, plus the zero point, saturated. NaN becomes the zero point.</summary>
internal sealed unsafe class QuantizeKernel(KernelRequest request) : Kernel
{
    private readonly int count = (int)request.Input(0).Shape.ElementCount;
    private readonly float scale = request.Output().Quantization!.Scale;
    private readonly int zeroPoint = request.Output().Quantization!.ZeroPoint;

    public override void Run(in KernelArguments arguments, int begin, int end)
    {
        float* x = (float*)arguments.Inputs[0];
        sbyte* y = (sbyte*)arguments.Outputs[0];
        for (int i = 0; i < count; i++)
        {
            float steps = MathF.Round(x[i] / scale, MidpointRounding.AwayFromZero);
            int q = float.IsNaN(steps) ? 0 : (int)Math.Clamp(steps, -1000f, 1000f);
            y[i] = (sbyte)Math.Clamp(q + zeroPoint, sbyte.MinValue, sbyte.MaxValue);
        }
    }
}

/// <summary>int8 to float32: scale * (q - zero point).</summary>
internal sealed unsafe class DequantizeKernel(KernelRequest request) : Kernel
{
    private readonly int count = (int)request.Input(0).Shape.ElementCount;
    private readonly float scale = request.Input(0).Quantization!.Scale;
    private readonly int zeroPoint = request.Input(0).Quantization!.ZeroPoint;

    public override void Run(in KernelArguments arguments, int begin, int end)
    {
        sbyte* x = (sbyte*)arguments.Inputs[0];
        float* y = (float*)arguments.Outputs[0];
        for (int i = 0; i < count; i++)
            y[i] = scale * (x[i] - zeroPoint);
    }
}
