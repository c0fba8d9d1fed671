using System.Numerics;
using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels;

/// <summary>Index of the first largest element along an axis.</summary>
internal sealed unsafe class ArgMaxKernel<T> : Kernel
    where T : unmanaged, IComparisonOperators<T, T, bool>
{
    private readonly int outer;
    private readonly int length;
    private readonly int inner;

    public ArgMaxKernel(KernelRequest request)
    {
        Shape x = request.Input(0).Shape;
        int axis = request.Options<AxisOptions>().Axis;
        axis = axis < 0 ? axis + x.Rank : axis;
        length = x[axis];
        outer = inner = 1;
        for (int d = 0; d < x.Rank; d++)
        {
            if (d < axis)
                outer *= x[d];
            else if (d > axis)
                inner *= x[d];
        }
    }

    public override void Run(in KernelArguments arguments, int begin, int end)
    {
        T* x = (T*)arguments.Inputs[0];
        int* y = (int*)arguments.Outputs[0];
        for (int o = 0; o < outer; o++)
        {
            for (int i = 0; i < inner; i++)
            {
                T* values = x + o * length * inner + i;
                int best = 0;
                for (int k = 1; k < length; k++)
                {
                    if (values[k * inner] > values[best * inner])
                        best = k;
                }

                *y++ = best;
            }
        }
    }
}
