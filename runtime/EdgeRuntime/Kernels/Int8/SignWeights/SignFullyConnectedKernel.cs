using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels.Int8;

/// <summary>
/// FullyConnected of int8 activations and one-bit weights, which stay bits. The sums of all outputs of a range of units lie in scratch while chunk by chunk of the
/// inputs becomes tables and meets its weights; each bit is read once for a row. A unit is one panel or some.
/// </summary>
internal sealed unsafe class SignFullyConnectedKernel<TRounding> : Kernel
    where TRounding : struct, IRounding
{
    /// <summary>Units at most: each range of units builds the tables anew.</summary>
    private const int MostUnits = 16;

    private readonly SignPanels panels;
    private readonly OutputLimits limits;
    private readonly int rows;
    private readonly int unitPanels;

    public SignFullyConnectedKernel(KernelRequest request, OutputScaling scaling)
    {
        Shape w = request.Input(1).Shape;
        limits = new OutputLimits(scaling);
        rows = (int)(request.Output().Shape.ElementCount / w[0]);
        panels = new SignPanels((uint*)request.Constant(1), (int*)request.Constant(2), w[1], w[0], request.Input(0).Quantization!.ZeroPoint, scaling);
        unitPanels = (panels.Panels + MostUnits - 1) / MostUnits;
    }

    public override int Units => (panels.Panels + unitPanels - 1) / unitPanels;

    public override int ScratchBytes => TableBytes + (panels.Panels * SignPanels.Width * sizeof(int));

    public override long PackedBytes => panels.Bytes;

    private int TableBytes => panels.MostChunkGroups * NeonSignTables.GroupBytes;

    public override void Run(in KernelArguments arguments, int begin, int end)
    {
        int first = begin * unitPanels;
        int last = Math.Min(end * unitPanels, panels.Panels);
        for (int row = 0; row < rows; row++)
            RunRow((sbyte*)arguments.Inputs[0] + ((nint)row * panels.Inputs), (sbyte*)arguments.Outputs[0] + ((nint)row * panels.Outputs), arguments.Scratch, first, last);
    }

    protected override void Dispose(bool disposing)
    {
        panels.Dispose();
        base.Dispose(disposing);
    }

    private void RunRow(sbyte* x, sbyte* y, byte* scratch, int first, int last)
    {
        int* sums = (int*)(scratch + TableBytes);
        for (int half = 2 * first; half < 2 * last; half++)
            Buffer.MemoryCopy(panels.Half(half), sums + (half * 16), 64, 64);
        for (int chunk = 0; chunk < panels.Chunks; chunk++)
        {
            int begin = panels.FirstInput(chunk);
            int runs = panels.RunsOf(chunk);
            NeonSignTables.Build(x + begin, Math.Max(panels.Inputs - begin, 0), runs * panels.RunGroups, scratch);
            for (int panel = first; panel < last; panel++)
            {
                byte* weights = panels.Weights(chunk, panel);
                byte* tables = scratch;
                for (int run = 0; run < runs; run++)
                {
                    NeonSignTables.Accumulate(weights, tables, panels.RunGroups, sums + (panel * SignPanels.Width));
                    weights += panels.RunGroups * SignPanels.GroupBytes;
                    tables += panels.RunGroups * NeonSignTables.GroupBytes;
                }
            }
        }

        for (int half = 2 * first; half < 2 * last && half * 16 < panels.Outputs; half++)
            Store(sums + (half * 16), panels.Half(half), y + (half * 16), Math.Min(16, panels.Outputs - (half * 16)));
    }

    private void Store(int* sums, int* constants, sbyte* y, int count)
    {
        Vector128<sbyte> r = NeonRequantization.Narrow<TRounding>(
            Scale(sums, constants, 0), Scale(sums, constants, 4), Scale(sums, constants, 8), Scale(sums, constants, 12), limits.ZeroPoint, limits.Low, limits.High);
        if (count == 16)
        {
            AdvSimd.Store(y, r);
            return;
        }

        sbyte* part = stackalloc sbyte[16];
        AdvSimd.Store(part, r);
        for (int i = 0; i < count; i++)
            y[i] = part[i];
    }

    private static Vector128<int> Scale(int* sums, int* constants, int at) => NeonRequantization.Scale<TRounding>(
        AdvSimd.LoadVector128(sums + at), AdvSimd.LoadVector128(constants + 16 + at), AdvSimd.LoadVector128(constants + 32 + at));
}
