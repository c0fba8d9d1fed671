namespace EdgeRuntime.Kernels;

/// <summary>What pooling does with the elements of a window, for each element type.</summary>
internal interface IWindowReduction<T, TSum>
    where T : unmanaged
    where TSum : unmanaged
{
    /// <summary>Value before the first element.</summary>
    TSum Start { get; }

    /// <summary>Takes in one element.</summary>
    TSum Add(TSum sum, T x);

    /// <summary>The output of a window of <paramref name="count"/> elements.</summary>
    T Finish(TSum sum, int count);
}

/// <summary>int8 average: sum / count, halves away from zero, then limits; zero points cancel since input and output share them.</summary>
internal readonly struct Int8Average(int low, int high) : IWindowReduction<sbyte, int>
{
    public int Start => 0;

    public int Add(int sum, sbyte x) => sum + x;

    public sbyte Finish(int sum, int count) =>
        (sbyte)Math.Clamp((sum > 0 ? sum + count / 2 : sum - count / 2) / count, low, high);
}

/// <summary>int8 maximum, then limits.</summary>
internal readonly struct Int8Maximum(int low, int high) : IWindowReduction<sbyte, int>
{
    public int Start => sbyte.MinValue;

    public int Add(int sum, sbyte x) => Math.Max(sum, x);

    public sbyte Finish(int sum, int count) => (sbyte)Math.Clamp(sum, low, high);
}

/// <summary>float32 average, then limits.</summary>
internal readonly struct Float32Average(float low, float high) : IWindowReduction<float, float>
{
    public float Start => 0;

    public float Add(float sum, float x) => sum + x;

    public float Finish(float sum, int count) => MathF.Min(MathF.Max(sum / count, low), high);
}

/// <summary>float32 maximum, then limits.</summary>
internal readonly struct Float32Maximum(float low, float high) : IWindowReduction<float, float>
{
    public float Start => float.NegativeInfinity;

    public float Add(float sum, float x) => MathF.Max(sum, x);

    public float Finish(float sum, int count) => MathF.Min(MathF.Max(sum, low), high);
}
