using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels;

/// <summary>How four neighbours are mixed, for each element type.</summary>
internal interface IBilinearMix<T, TPosition>
    where T : unmanaged
    where TPosition : unmanaged
{
    /// <summary>Where output position o of an axis lies in the input: the element before, the one after, and the distance from the one before.</summary>
    (int Before, int After, TPosition Distance) Locate(int o, int input, int output, ResizeOptions options);

    /// <summary>The mix of four neighbours, by row and column distance from the first.</summary>
    T Mix(T topLeft, T bottomLeft, T topRight, T bottomRight, TPosition dy, TPosition dx);
}

/// <summary>Bilinear resize with TensorFlow's conventions.</summary>
internal sealed unsafe class ResizeBilinearKernel<T, TPosition, TMix> : Kernel
    where T : unmanaged
    where TPosition : unmanaged
    where TMix : struct, IBilinearMix<T, TPosition>
{
    private readonly Shape x;
    private readonly (int Before, int After, TPosition Distance)[] rows;
    private readonly (int Before, int After, TPosition Distance)[] columns;

    public ResizeBilinearKernel(KernelRequest request)
    {
        x = request.Input(0).Shape;
        Shape y = request.Output().Shape;
        var options = request.Options<ResizeOptions>();
        rows = [.. Enumerable.Range(0, y[1]).Select(o => default(TMix).Locate(o, x[1], y[1], options))];
        columns = [.. Enumerable.Range(0, y[2]).Select(o => default(TMix).Locate(o, x[2], y[2], options))];
    }

    public override long PackedBytes => 12L * (rows.Length + columns.Length);

    public override void Run(in KernelArguments arguments, int begin, int end)
    {
        T* from = (T*)arguments.Inputs[0];
        T* to = (T*)arguments.Outputs[0];
        TMix mix = default;
        int channels = x[3];
        int pitch = x[2] * channels;
        for (int n = 0; n < x[0]; n++, from += x[1] * pitch)
        {
            foreach ((int top, int bottom, TPosition dy) in rows)
            {
                foreach ((int left, int right, TPosition dx) in columns)
                {
                    T* tl = from + top * pitch + left * channels;
                    T* bl = from + bottom * pitch + left * channels;
                    T* tr = from + top * pitch + right * channels;
                    T* br = from + bottom * pitch + right * channels;
                    for (int c = 0; c < channels; c++)
                        *to++ = mix.Mix(tl[c], bl[c], tr[c], br[c], dy, dx);
                }
            }
        }
    }
}

/// <summary>float32 mix.</summary>
internal readonly struct Float32BilinearMix : IBilinearMix<float, float>
{
    public (int Before, int After, float Distance) Locate(int o, int input, int output, ResizeOptions options)
    {
        float scale = options.AlignCorners && output > 1 ? (float)(input - 1) / (output - 1) : (float)input / output;
        float at = options.HalfPixelCenters ? (o + 0.5f) * scale - 0.5f : o * scale;
        int before = Math.Clamp((int)MathF.Floor(at), 0, input - 1);
        int after = Math.Clamp((int)MathF.Ceiling(at), 0, input - 1);
        return (before, after, at - before);
    }

    public float Mix(float topLeft, float bottomLeft, float topRight, float bottomRight, float dy, float dx) =>
        topLeft * (1 - dy) * (1 - dx) + bottomLeft * dy * (1 - dx) + topRight * (1 - dy) * dx + bottomRight * dy * dx;
}

/// <summary>int8 mix with positions in 1/1024 and the result rounded, halves away from zero.</summary>
internal readonly struct Int8BilinearMix : IBilinearMix<sbyte, int>
{
    private const int Unit = 1 << 10;

    public (int Before, int After, int Distance) Locate(int o, int input, int output, ResizeOptions options)
    {
        (int from, int to) = options.AlignCorners && output > 1 ? (input - 1, output - 1) : (input, output);
        long scale = ((long)Unit * from + to / 2) / to;
        long at = options.HalfPixelCenters ? o * scale + scale / 2 - Unit / 2 : o * scale;
        int before = (int)Math.Clamp(at / Unit, 0, input - 1);
        int after = (int)Math.Clamp((at + Unit - 1) / Unit, 0, input - 1);
        return (before, after, (int)(at - (long)before * Unit));
    }

    public sbyte Mix(sbyte topLeft, sbyte bottomLeft, sbyte topRight, sbyte bottomRight, int dy, int dx)
    {
        long sum = (long)topLeft * (Unit - dy) * (Unit - dx)
            + (long)bottomLeft * dy * (Unit - dx)
            + (long)topRight * (Unit - dy) * dx
            + (long)bottomRight * dy * dx;
        long half = sum > 0 ? 1L << 19 : -(1L << 19);
        return (sbyte)((sum + half) / (1L << 20));
    }
}
