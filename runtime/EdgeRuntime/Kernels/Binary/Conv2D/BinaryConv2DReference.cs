using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels.Binary.Conv2D;

/// <summary>
/// Binary convolution, depthwise convolution and fully connected layer as docs/binary.md defines them, one product at a time.
/// </summary>
internal sealed unsafe class BinaryConv2DReference(KernelRequest request) : Kernel
{
    private readonly BinaryGeometry geometry = new(request);
    private readonly BinaryOutput output = new(request, new BinaryGeometry(request).Products, request.Output().Shape[^1]);
    private readonly uint* weights = (uint*)request.Constant(BinaryInputs.Weights);

    public override void Run(in KernelArguments arguments, int begin, int end)
    {
        for (int n = 0; n < geometry.Batches; n++)
        {
            for (int position = 0; position < geometry.Positions; position++)
            {
                int pixel = n * geometry.Positions + position;
                int oy = position / geometry.Columns.Output;
                int ox = position % geometry.Columns.Output;
                float magnitude = output.HasMagnitudes ? InputMagnitude.Of(geometry, (float*)arguments.Inputs[BinaryInputs.Magnitudes], n, oy, ox) : 0;
                for (int c = 0; c < geometry.OutChannels; c++)
                    output.Store(in arguments, pixel, c, Accumulate((uint*)arguments.Inputs[0], n, oy, ox, c), magnitude);
            }
        }
    }

    private int Accumulate(uint* x, int n, int oy, int ox, int c)
    {
        int group = c / geometry.GroupOut;
        int sum = 0;
        for (int ky = 0; ky < geometry.Rows.Filter; ky++)
        {
            int iy = oy * geometry.Rows.Stride - geometry.Rows.PadBefore + ky * geometry.Rows.Dilation;
            for (int kx = 0; kx < geometry.Columns.Filter; kx++)
            {
                int ix = ox * geometry.Columns.Stride - geometry.Columns.PadBefore + kx * geometry.Columns.Dilation;
                bool inside = (uint)iy < (uint)geometry.Rows.Input && (uint)ix < (uint)geometry.Columns.Input;
                if (!inside && geometry.ZeroPadding)
                    continue;
                uint* pixel = x + ((n * geometry.Rows.Input + iy) * geometry.Columns.Input + ix) * geometry.InWords;
                for (int i = 0; i < geometry.GroupIn; i++)
                {
                    int activation = inside ? Sign(pixel, group * geometry.GroupIn + i) : 1;
                    sum += activation * Weight(c, ky, kx, i);
                }
            }
        }

        return sum;
    }

    private int Weight(int c, int ky, int kx, int i)
    {
        int tap = ky * geometry.Columns.Filter + kx;
        return geometry.IsDepthwise
            ? Sign(weights + tap * DataTypes.WordsFor(geometry.OutChannels), c)
            : Sign(weights + (c * geometry.Rows.Filter * geometry.Columns.Filter + tap) * DataTypes.WordsFor(geometry.GroupIn), i);
    }

    private static int Sign(uint* row, int c) => 1 - 2 * PackedRow.Bit(row, c);
}
