using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels.Binary.Signs;

/// <summary>How 16 channels of an element type are compared with their thresholds.</summary>
internal unsafe interface ISignSource
{
    /// <summary>Bytes of an element, and of a threshold.</summary>
    static abstract int ElementBytes { get; }

    /// <summary>Writes the thresholds and directions of a channel as this comparison takes them.</summary>
    static abstract int WriteThreshold(SignRule rule, int channel, byte* to);

    /// <summary>Writes a threshold that nothing is below.</summary>
    static abstract void WriteNothing(byte* to);

    /// <summary>Byte lane i all ones where x[i] is below limits[i].</summary>
    static abstract Vector128<byte> Below(byte* x, byte* limits);

    /// <summary>The same for four times 16 elements, with one limit for all, repeated.</summary>
    static abstract void Below(byte* x, Vector128<byte> limit, out Vector128<byte> m0, out Vector128<byte> m1, out Vector128<byte> m2, out Vector128<byte> m3);
}

/// <summary>int8: one comparison.</summary>
internal readonly unsafe struct Int8Signs : ISignSource
{
    public static int ElementBytes => 1;

    public static int WriteThreshold(SignRule rule, int channel, byte* to)
    {
        (sbyte limit, int direction) = Int8SignLimit.Of(rule.IntThresholds[channel], rule.Directions[channel]);
        *(sbyte*)to = limit;
        return direction;
    }

    public static void WriteNothing(byte* to) => *(sbyte*)to = sbyte.MinValue;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Below(byte* x, byte* limits) =>
        AdvSimd.CompareGreaterThan(AdvSimd.LoadVector128((sbyte*)limits), AdvSimd.LoadVector128((sbyte*)x)).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Below(byte* x, Vector128<byte> limit, out Vector128<byte> m0, out Vector128<byte> m1, out Vector128<byte> m2, out Vector128<byte> m3)
    {
        Vector128<sbyte> x0 = AdvSimd.LoadVector128((sbyte*)x);
        Vector128<sbyte> x1 = AdvSimd.LoadVector128((sbyte*)(x + 16));
        Vector128<sbyte> x2 = AdvSimd.LoadVector128((sbyte*)(x + 32));
        Vector128<sbyte> x3 = AdvSimd.LoadVector128((sbyte*)(x + 48));
        m0 = AdvSimd.CompareGreaterThan(limit.AsSByte(), x0).AsByte();
        m1 = AdvSimd.CompareGreaterThan(limit.AsSByte(), x1).AsByte();
        m2 = AdvSimd.CompareGreaterThan(limit.AsSByte(), x2).AsByte();
        m3 = AdvSimd.CompareGreaterThan(limit.AsSByte(), x3).AsByte();
    }
}

/// <summary>float32: four comparisons, whose masks are narrowed by keeping every second half-word and byte.</summary>
internal readonly unsafe struct Float32Signs : ISignSource
{
    public static int ElementBytes => 4;

    public static int WriteThreshold(SignRule rule, int channel, byte* to)
    {
        *(float*)to = rule.FloatThresholds[channel];
        return rule.Directions[channel];
    }

    public static void WriteNothing(byte* to) => *(float*)to = float.NegativeInfinity;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Below(byte* x, byte* limits) => Narrow(
        Compare(x, AdvSimd.LoadVector128(limits)),
        Compare(x + 16, AdvSimd.LoadVector128(limits + 16)),
        Compare(x + 32, AdvSimd.LoadVector128(limits + 32)),
        Compare(x + 48, AdvSimd.LoadVector128(limits + 48)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Below(byte* x, Vector128<byte> limit, out Vector128<byte> m0, out Vector128<byte> m1, out Vector128<byte> m2, out Vector128<byte> m3)
    {
        m0 = Narrow(Compare(x, limit), Compare(x + 16, limit), Compare(x + 32, limit), Compare(x + 48, limit));
        x += 64;
        m1 = Narrow(Compare(x, limit), Compare(x + 16, limit), Compare(x + 32, limit), Compare(x + 48, limit));
        x += 64;
        m2 = Narrow(Compare(x, limit), Compare(x + 16, limit), Compare(x + 32, limit), Compare(x + 48, limit));
        x += 64;
        m3 = Narrow(Compare(x, limit), Compare(x + 16, limit), Compare(x + 32, limit), Compare(x + 48, limit));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Narrow(Vector128<short> a, Vector128<short> b, Vector128<short> c, Vector128<short> d) =>
        AdvSimd.Arm64.UnzipEven(AdvSimd.Arm64.UnzipEven(a, b).AsByte(), AdvSimd.Arm64.UnzipEven(c, d).AsByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<short> Compare(byte* x, Vector128<byte> limits) =>
        AdvSimd.CompareLessThan(AdvSimd.LoadVector128((float*)x), limits.AsSingle()).AsInt16();
}

/// <summary>
/// Binarize on NEON, 128 channels at a time: masks, a bit per lane, and a tree of pairwise additions that gathers eight lanes into a byte. 32, 64 and 128 channels, and
/// whole words with one threshold for all, are one stream of such steps; other rows have steps of their own, the last one filled up with thresholds that nothing is below.
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
    private readonly bool isStream;
    private readonly bool isUniform;

    public NeonBinarize(KernelRequest request)
    {
        Shape x = request.Input(0).Shape;
        int channels = x[^1];
        elements = x.ElementCount;
        var rule = new SignRule(request, 0, 1, 2);
        isUniform = channels % DataTypes.BitsPerWord == 0 && rule.IsUniform;
        isStream = isUniform || channels is 32 or 64 or Step;
        rowElements = isStream ? Step : channels;
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

    private long RowsPerUnit => Math.Max(UnitElements / rowElements, 1);

    public override void Run(in KernelArguments arguments, int begin, int end)
    {
        long first = begin * RowsPerUnit;
        long last = Math.Min(end * RowsPerUnit, Rows);
        byte* x = arguments.Inputs[0] + first * rowElements * TSource.ElementBytes;
        byte* y = arguments.Outputs[0] + first * (DataTypes.WordsFor(rowElements) * 4);
        byte* endOfInput = arguments.Inputs[0] + elements * TSource.ElementBytes;
        if (isStream)
        {
            long whole = Math.Min(last, elements / Step) - first;
            if (isUniform)
                StreamUniform(x, y, whole);
            else
                Stream(x, y, whole);
            x += whole * Step * TSource.ElementBytes;
            y += whole * StepBytes;
            first += whole;
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

    private void Stream(byte* x, byte* y, long steps)
    {
        byte* limit = limits.Pointer;
        Vector128<byte> turned = AdvSimd.LoadVector128(directions.Pointer);
        for (byte* end = y + steps * StepBytes; y != end; y += StepBytes)
        {
            AdvSimd.Store(y, AdvSimd.Xor(Pack(x, limit), turned));
            x += Step * TSource.ElementBytes;
        }
    }

    /// <summary>Two steps at once, in groups of independent operations, as an in-order core wants them.</summary>
    private void StreamUniform(byte* x, byte* y, long steps)
    {
        Vector128<byte> limit = AdvSimd.LoadVector128(limits.Pointer);
        Vector128<byte> turned = AdvSimd.LoadVector128(directions.Pointer);
        byte* end = y + steps * StepBytes;
        for (; y + StepBytes < end; y += 2 * StepBytes)
        {
            Load(x, limit, out var a0, out var a1, out var a2, out var a3);
            Load(x + Step * TSource.ElementBytes, limit, out var b0, out var b1, out var b2, out var b3);
            a0 = AdvSimd.Arm64.AddPairwise(a0, a1);
            a2 = AdvSimd.Arm64.AddPairwise(a2, a3);
            b0 = AdvSimd.Arm64.AddPairwise(b0, b1);
            b2 = AdvSimd.Arm64.AddPairwise(b2, b3);
            a0 = AdvSimd.Arm64.AddPairwise(a0, a2);
            b0 = AdvSimd.Arm64.AddPairwise(b0, b2);
            a0 = AdvSimd.Xor(a0, turned);
            b0 = AdvSimd.Xor(b0, turned);
            AdvSimd.Store(y, a0);
            AdvSimd.Store(y + StepBytes, b0);
            x += 2 * Step * TSource.ElementBytes;
        }

        if (y != end)
            AdvSimd.Store(y, AdvSimd.Xor(Pack(x, limits.Pointer), turned));
    }

    /// <summary>The masks of 128 channels against one limit, a bit per lane, after the first pairwise addition.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Load(byte* x, Vector128<byte> limit, out Vector128<byte> s0, out Vector128<byte> s1, out Vector128<byte> s2, out Vector128<byte> s3)
    {
        int step = 16 * TSource.ElementBytes;
        Vector128<byte> bits = Bits;
        TSource.Below(x, limit, out var m0, out var m1, out var m2, out var m3);
        TSource.Below(x + 4 * step, limit, out var m4, out var m5, out var m6, out var m7);
        m0 = AdvSimd.And(m0, bits);
        m1 = AdvSimd.And(m1, bits);
        m2 = AdvSimd.And(m2, bits);
        m3 = AdvSimd.And(m3, bits);
        m4 = AdvSimd.And(m4, bits);
        m5 = AdvSimd.And(m5, bits);
        m6 = AdvSimd.And(m6, bits);
        m7 = AdvSimd.And(m7, bits);
        s0 = AdvSimd.Arm64.AddPairwise(m0, m1);
        s1 = AdvSimd.Arm64.AddPairwise(m2, m3);
        s2 = AdvSimd.Arm64.AddPairwise(m4, m5);
        s3 = AdvSimd.Arm64.AddPairwise(m6, m7);
    }

    /// <summary>One row, or what is left of a stream. What a step would read past the input is copied first.</summary>
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
        Vector128<byte> bits = Bits;
        Vector128<byte> a = Pair(x, limit, bits);
        Vector128<byte> b = Pair(x + 2 * step, limit + 2 * step, bits);
        a = AdvSimd.Arm64.AddPairwise(a, b);
        b = Pair(x + 4 * step, limit + 4 * step, bits);
        Vector128<byte> c = Pair(x + 6 * step, limit + 6 * step, bits);
        return AdvSimd.Arm64.AddPairwise(a, AdvSimd.Arm64.AddPairwise(b, c));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Pair(byte* x, byte* limit, Vector128<byte> bits)
    {
        int step = 16 * TSource.ElementBytes;
        return Join(TSource.Below(x, limit), TSource.Below(x + step, limit + step), bits);
    }

    /// <summary>Two masks of 16 channels to sums of neighbours: lane i of 16 holds channels 2 i and 2 i + 1 at their places in a byte.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Join(Vector128<byte> first, Vector128<byte> second, Vector128<byte> bits) =>
        AdvSimd.Arm64.AddPairwise(AdvSimd.And(first, bits), AdvSimd.And(second, bits));

    private static Vector128<byte> Bits => Vector128.Create((byte)1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128);
}
