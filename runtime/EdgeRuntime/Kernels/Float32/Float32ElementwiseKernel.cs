using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels.Float32;

/// <summary>Sum, difference or product of two float32 tensors of one shape, then limits. A unit is a block of elements; those left over from whole vectors are computed in a buffer.</summary>
internal sealed unsafe class Float32ElementwiseKernel<TOperation, TLanes, TVector> : Kernel
    where TOperation : struct, IFloat32Operation
    where TLanes : struct, IFloat32Lanes<TVector>
    where TVector : unmanaged
{
    private const int BlockElements = 4096;

    private readonly int count;
    private readonly float low;
    private readonly float high;

    public Float32ElementwiseKernel(KernelRequest request)
    {
        count = (int)request.Output().Shape.ElementCount;
        (low, high) = ActivationRange.Float32(request.Options<ActivationOptions>().Activation);
    }

    public override int Units => (count + BlockElements - 1) / BlockElements;

    public override int InPlaceInput => 0;

    public static bool Supports(KernelRequest request) => request.Input(0).Shape == request.Output().Shape && request.Input(1).Shape == request.Output().Shape;

    public override void Run(in KernelArguments arguments, int begin, int end)
    {
        float* a = (float*)arguments.Inputs[0], b = (float*)arguments.Inputs[1], y = (float*)arguments.Outputs[0];
        int i = begin * BlockElements, last = Math.Min(end * BlockElements, count);
        for (; i + TLanes.Count <= last; i += TLanes.Count)
            Step(a + i, b + i, y + i);
        if (i == last)
            return;

        float* rest = stackalloc float[3 * TLanes.Count];
        new Span<float>(rest, 3 * TLanes.Count).Clear();
        new Span<float>(a + i, last - i).CopyTo(new Span<float>(rest, TLanes.Count));
        new Span<float>(b + i, last - i).CopyTo(new Span<float>(rest + TLanes.Count, TLanes.Count));
        Step(rest, rest + TLanes.Count, rest + (2 * TLanes.Count));
        new Span<float>(rest + (2 * TLanes.Count), last - i).CopyTo(new Span<float>(y + i, last - i));
    }

    private void Step(float* a, float* b, float* y)
    {
        TVector value = TOperation.Apply<TLanes, TVector>(TLanes.Load(a), TLanes.Load(b));
        TLanes.Store(TLanes.Min(TLanes.Max(value, TLanes.Create(low)), TLanes.Create(high)), y);
    }
}
