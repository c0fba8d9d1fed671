using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels;

/// <summary>Nearest-neighbour resize with TensorFlow's conventions; elements are copied unchanged.</summary>
internal sealed unsafe class ResizeNearestKernel<T> : Kernel
    where T : unmanaged
{
    private readonly Shape x;
    private readonly int[] rows;
    private readonly int[] columns;

    public ResizeNearestKernel(KernelRequest request)
    {
        x = request.Input(0).Shape;
        Shape y = request.Output().Shape;
        var options = request.Options<ResizeOptions>();
        rows = Positions(x[1], y[1], options);
        columns = Positions(x[2], y[2], options);
    }

    public override long PackedBytes => 4L * (rows.Length + columns.Length);

    public override void Run(in KernelArguments arguments, int begin, int end)
    {
        T* from = (T*)arguments.Inputs[0];
        T* to = (T*)arguments.Outputs[0];
        int channels = x[3];
        for (int n = 0; n < x[0]; n++)
        {
            foreach (int row in rows)
            {
                foreach (int column in columns)
                {
                    T* pixel = from + ((n * x[1] + row) * x[2] + column) * channels;
                    for (int c = 0; c < channels; c++)
                        *to++ = pixel[c];
                }
            }
        }
    }

    /// <summary>Input position of each output position along one axis, in float32 arithmetic.</summary>
    private static int[] Positions(int input, int output, ResizeOptions options)
    {
        float scale = options.AlignCorners && output > 1 ? (input - 1) / (float)(output - 1) : input / (float)output;
        float offset = options.HalfPixelCenters ? 0.5f : 0;
        int[] positions = new int[output];
        for (int o = 0; o < output; o++)
        {
            float at = (o + offset) * scale;
            float rounded = options.AlignCorners ? MathF.Round(at, MidpointRounding.AwayFromZero) : MathF.Floor(at);
            positions[o] = Math.Clamp((int)rounded, 0, input - 1);
        }

        return positions;
    }
}
