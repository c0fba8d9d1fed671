namespace EdgeRuntime.Kernels;

/// <summary>What convolutions and fully connected layers do with one product and one finished sum, for each element type.</summary>
internal interface IProducts<T, TSum>
    where T : unmanaged
    where TSum : unmanaged
{
    /// <summary>sum + x * w.</summary>
    TSum Add(TSum sum, T x, T w);

    /// <summary>The output of a channel from its sum of products.</summary>
    T Finish(TSum sum, int channel);
}

/// <summary>int8: sum of (x - zero point) * w in int32, bias, then requantization of the channel.</summary>
internal readonly unsafe struct Int8Products(int* bias, int inputZeroPoint, OutputScaling scaling) : IProducts<sbyte, int>
{
    public int Add(int sum, sbyte x, sbyte w) => sum + (x - inputZeroPoint) * w;

    public sbyte Finish(int sum, int channel) => scaling.Apply(bias == null ? sum : sum + bias[channel], channel);
}

/// <summary>float32: sum of products in the order of the weights, then bias and limits.</summary>
internal readonly unsafe struct Float32Products(float* bias, float low, float high) : IProducts<float, float>
{
    public float Add(float sum, float x, float w) => sum + x * w;

    public float Finish(float sum, int channel) => MathF.Min(MathF.Max(bias == null ? sum : sum + bias[channel], low), high);
}
