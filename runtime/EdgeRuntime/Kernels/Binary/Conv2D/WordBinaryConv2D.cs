using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels.Binary.Conv2D;

/// <summary>
/// Binary convolution and fully connected layer of any shape, 128 bits at a time: for what the blocked kernels do not take (groups or outputs that do not fill blocks of eight filters, windows of more than
/// 32,767 products). The words of a window and group are put together once and meet all filters of the group; the output transform is the reference's.
/// </summary>
internal sealed unsafe class WordBinaryConv2D : Kernel
{
    private readonly BinaryGeometry geometry;
    private readonly BinaryOutput output;
    private readonly uint* weights;
    private readonly int groupWords;
    private readonly int windowWords;

    private WordBinaryConv2D(KernelRequest request)
    {
        geometry = new BinaryGeometry(request);
        output = new BinaryOutput(request, geometry.Products, geometry.OutChannels);
        weights = (uint*)request.Constant(BinaryInputs.Weights);
        groupWords = DataTypes.WordsFor(geometry.GroupIn);
        windowWords = geometry.Rows.Filter * geometry.Columns.Filter * groupWords;
    }

    public override int Units => geometry.Batches * geometry.Rows.Output;

    public override int ScratchBytes => windowWords * sizeof(uint);

    public static KernelEntry Entry(string name, OperatorKind kind) =>
        new(name, kind, CpuFeatures.None, r => !r.HasInput(BinaryInputs.Magnitudes), r => new WordBinaryConv2D(r));

    public override void Run(in KernelArguments arguments, int begin, int end)
    {
        var window = (uint*)arguments.Scratch;
        for (int unit = begin; unit < end; unit++)
        {
            for (int ox = 0; ox < geometry.Columns.Output; ox++)
            {
                nint pixel = ((nint)unit * geometry.Columns.Output) + ox;
                for (int group = 0; group < geometry.Groups; group++)
                {
                    bool leaves = Fill((uint*)arguments.Inputs[0], unit, ox, group, window);
                    for (int c = group * geometry.GroupOut; c < (group + 1) * geometry.GroupOut; c++)
                    {
                        uint* w = weights + ((nint)c * windowWords);
                        int accumulator = geometry.Products - (2 * Differences(window, w, windowWords));
                        if (leaves && geometry.ZeroPadding)
                            accumulator -= SumOutside(unit % geometry.Rows.Output, ox, w);
                        output.Store(in arguments, pixel, c, accumulator, 0);
                    }
                }
            }
        }
    }

    /// <summary>Writes the bits of a window, those outside the picture 0; returns whether there are such.</summary>
    private bool Fill(uint* x, int unit, int ox, int group, uint* window)
    {
        int n = unit / geometry.Rows.Output;
        int oy = unit % geometry.Rows.Output;
        int firstBit = group * geometry.GroupIn;
        bool leaves = false;
        for (int ky = 0; ky < geometry.Rows.Filter; ky++)
        {
            int iy = (oy * geometry.Rows.Stride) - geometry.Rows.PadBefore + (ky * geometry.Rows.Dilation);
            for (int kx = 0; kx < geometry.Columns.Filter; kx++, window += groupWords)
            {
                int ix = (ox * geometry.Columns.Stride) - geometry.Columns.PadBefore + (kx * geometry.Columns.Dilation);
                if ((uint)iy < (uint)geometry.Rows.Input && (uint)ix < (uint)geometry.Columns.Input)
                {
                    PackedRow.Read(x + ((((nint)n * geometry.Rows.Input) + iy) * geometry.Columns.Input + ix) * geometry.InWords, geometry.InWords, firstBit, geometry.GroupIn, window);
                    continue;
                }

                leaves = true;
                new Span<uint>(window, groupWords).Clear();
            }
        }

        return leaves;
    }

    /// <summary>What the positions outside, which hold 0, have added as +1.</summary>
    private int SumOutside(int oy, int ox, uint* w)
    {
        int sum = 0;
        for (int ky = 0; ky < geometry.Rows.Filter; ky++)
        {
            int iy = (oy * geometry.Rows.Stride) - geometry.Rows.PadBefore + (ky * geometry.Rows.Dilation);
            for (int kx = 0; kx < geometry.Columns.Filter; kx++, w += groupWords)
            {
                int ix = (ox * geometry.Columns.Stride) - geometry.Columns.PadBefore + (kx * geometry.Columns.Dilation);
                if ((uint)iy < (uint)geometry.Rows.Input && (uint)ix < (uint)geometry.Columns.Input)
                    continue;
                sum += geometry.GroupIn;
                for (int i = 0; i < groupWords; i++)
                    sum -= 2 * BitOperations.PopCount(w[i]);
            }
        }

        return sum;
    }

    /// <summary>Bits in which two rows of words differ.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Differences(uint* a, uint* b, int words)
    {
        int sum = 0;
        int i = 0;
        if (AdvSimd.Arm64.IsSupported)
        {
            Vector128<uint> counts = Vector128<uint>.Zero;
            for (; i + 4 <= words; i += 4)
            {
                Vector128<byte> bytes = AdvSimd.PopCount((Vector128.Load(a + i) ^ Vector128.Load(b + i)).AsByte());
                counts = AdvSimd.AddPairwiseWideningAndAdd(counts, AdvSimd.AddPairwiseWidening(bytes));
            }

            sum = (int)Vector128.Sum(counts);
        }

        for (; i + 2 <= words; i += 2)
            sum += BitOperations.PopCount(*(ulong*)(a + i) ^ *(ulong*)(b + i));
        return i < words ? sum + BitOperations.PopCount(a[i] ^ b[i]) : sum;
    }
}
