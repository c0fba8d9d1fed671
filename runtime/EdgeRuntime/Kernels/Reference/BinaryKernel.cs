using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels;

/// <summary>Elementwise operator of two inputs with broadcasting.</summary>
internal sealed unsafe class BinaryKernel<T, TOperation> : Kernel
    where T : unmanaged
    where TOperation : struct, IBinaryOperation<T>
{
    private readonly TOperation operation;
    private readonly int[] dims;
    private readonly int[] stridesA;
    private readonly int[] stridesB;
    private readonly int count;
    private readonly bool inPlace;

    public BinaryKernel(KernelRequest request, TOperation operation)
    {
        this.operation = operation;
        Shape y = request.Output().Shape;
        dims = y.Dimensions.ToArray();
        stridesA = StridedWalk.BroadcastStrides(request.Input(0).Shape, y);
        stridesB = StridedWalk.BroadcastStrides(request.Input(1).Shape, y);
        count = (int)y.ElementCount;
        inPlace = request.Input(0).Shape == y;
    }

    public override int InPlaceInput => inPlace ? 0 : -1;

    public override void Run(in KernelArguments arguments, int begin, int end)
    {
        T* a = (T*)arguments.Inputs[0];
        T* b = (T*)arguments.Inputs[1];
        T* y = (T*)arguments.Outputs[0];
        var walkA = new StridedWalk(dims, stridesA, 0);
        var walkB = new StridedWalk(dims, stridesB, 0);
        for (int i = 0; i < count; i++)
        {
            y[i] = operation.Apply(a[walkA.Offset], b[walkB.Offset]);
            walkA.Next();
            walkB.Next();
        }
    }
}
