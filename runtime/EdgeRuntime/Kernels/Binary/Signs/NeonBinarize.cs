using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels.Binary.Signs;

/// <summary>
/// Binarize on NEON. Where channels fill words, a block of channels with its thresholds in registers goes down the rows (<see cref="ISignSource.Block"/>); a row is a pixel, or as
/// many as fill whole blocks, or one block where one threshold holds for all. Other rows, and what is left of such, are packed 128 channels at a time, the last
/// ones filled up with thresholds that nothing is below.
/// </summary>
internal sealed unsafe class NeonBinarize<TSource> : Kernel
    where TSource : struct, ISignSource
{
    private const int Step = 128;
    private const int StepBytes = Step / 8;

    /// <summary>Elements of a unit, about.</summary>
    private const int UnitElements = 16 * 1024;

    private readonly NativeBuffer limits;
    private readonly NativeBuffer directions;
    private readonly long elements;
    private readonly int rowElements;
    private readonly bool hasBlocks;

    public NeonBinarize(KernelRequest request, SignRule rule)
    {
        Shape x = request.Input(0).Shape;
        int channels = x[^1];
        elements = x.ElementCount;
        hasBlocks = channels % DataTypes.BitsPerWord == 0;
        rowElements = channels;
        if (hasBlocks)
        {
            rowElements = rule.IsUniform ? TSource.BlockChannels : channels;
            while (rowElements % TSource.BlockChannels != 0)
                rowElements += channels;
        }

        int table = (rowElements + Step - 1) / Step * Step;
        limits = new NativeBuffer((long)table * TSource.ElementBytes);
        directions = new NativeBuffer(table / 8);
        for (int i = 0; i < table; i++)
        {
            byte* limit = limits.Pointer + (long)i * TSource.ElementBytes;
            if (i < rowElements)
                directions.Pointer[i / 8] |= (byte)(TSource.WriteThreshold(rule, i % channels, limit) << (i % 8));
            else
                TSource.WriteNothing(limit);
        }
    }

    public override int Units => (int)((Rows + RowsPerUnit - 1) / RowsPerUnit);

    public override long PackedBytes => limits.Length + directions.Length;

    private long Rows => (elements + rowElements - 1) / rowElements;

    private long RowsPerUnit => Math.Max(UnitElements / rowElements, TSource.BlockRows);

    private int RowBytes => rowElements * TSource.ElementBytes;

    private int PackedRowBytes => DataTypes.WordsFor(rowElements) * 4;

    public override void Run(in KernelArguments arguments, int begin, int end)
    {
        long first = begin * RowsPerUnit;
        long last = Math.Min(end * RowsPerUnit, Rows);
        byte* x = arguments.Inputs[0] + first * RowBytes;
        byte* y = arguments.Outputs[0] + first * PackedRowBytes;
        byte* endOfInput = arguments.Inputs[0] + elements * TSource.ElementBytes;
        if (hasBlocks)
        {
            long whole = Math.Min(last, elements / rowElements);
            while (first < whole)
            {
                // A unit after the other, so that blocks of channels find their rows in the first-level cache.
                long rows = Math.Min(whole - first, RowsPerUnit);
                if (rows < TSource.BlockRows)
                    break;
                RunBlocks(x, y, (nint)rows);
                x += rows * RowBytes;
                y += rows * PackedRowBytes;
                first += rows;
            }
        }

        for (long row = first; row < last; row++)
            Row(ref x, ref y, (int)Math.Min(rowElements, elements - row * rowElements), endOfInput);
    }

    protected override void Dispose(bool disposing)
    {
        limits.Dispose();
        directions.Dispose();
        base.Dispose(disposing);
    }

    private void RunBlocks(byte* x, byte* y, nint rows)
    {
        for (int c = 0; c < rowElements; c += TSource.BlockChannels)
        {
            int at = c * TSource.ElementBytes;
            TSource.Block(x + at, RowBytes, y + c / 8, PackedRowBytes, rows, limits.Pointer + at, directions.Pointer + c / 8);
        }
    }

    /// <summary>One row, or what is left of it. What a step would read past the input is copied first.</summary>
    private void Row(ref byte* x, ref byte* y, int count, byte* endOfInput)
    {
        byte* limit = limits.Pointer;
        byte* direction = directions.Pointer;
        byte* copy = stackalloc byte[Step * 4];
        for (; count > 0; count -= Step)
        {
            int used = Math.Min(count, Step);
            byte* source = x;
            if (x + Step * TSource.ElementBytes > endOfInput)
            {
                new ReadOnlySpan<byte>(x, used * TSource.ElementBytes).CopyTo(new Span<byte>(copy, Step * 4));
                source = copy;
            }

            Vector128<byte> packed = AdvSimd.Xor(Pack(source, limit), AdvSimd.LoadVector128(direction));
            int bytes = DataTypes.WordsFor(used) * 4;
            if (bytes == StepBytes)
                AdvSimd.Store(y, packed);
            else
                new ReadOnlySpan<byte>(&packed, bytes).CopyTo(new Span<byte>(y, bytes));

            x += used * TSource.ElementBytes;
            y += bytes;
            limit += Step * TSource.ElementBytes;
            direction += StepBytes;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Pack(byte* x, byte* limit)
    {
        int step = 16 * TSource.ElementBytes;
        Vector128<byte> bits = Vector128.Create((byte)1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128);
        Vector128<byte> a = Pair(x, limit, bits);
        Vector128<byte> b = Pair(x + 2 * step, limit + 2 * step, bits);
        a = AdvSimd.Arm64.AddPairwise(a, b);
        b = Pair(x + 4 * step, limit + 4 * step, bits);
        Vector128<byte> c = Pair(x + 6 * step, limit + 6 * step, bits);
        return AdvSimd.Arm64.AddPairwise(a, AdvSimd.Arm64.AddPairwise(b, c));
    }

    /// <summary>32 channels to sums of neighbours: lane i of 16 holds channels 2 i and 2 i + 1 at their places in a byte.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Pair(byte* x, byte* limit, Vector128<byte> bits)
    {
        int step = 16 * TSource.ElementBytes;
        return AdvSimd.Arm64.AddPairwise(AdvSimd.And(TSource.Below(x, limit), bits), AdvSimd.And(TSource.Below(x + step, limit + step), bits));
    }
}
