using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels.Binary.Signs;

/// <summary>Up to 32 values against their limits, as a word of signs.</summary>
internal unsafe interface IWordSigns
{
    static abstract int ElementBytes { get; }

    /// <summary>Writes a channel's limit and returns its direction.</summary>
    static abstract int WriteLimit(SignRule rule, int channel, byte* to);

    /// <summary>Writes a limit that nothing is below.</summary>
    static abstract void WriteNothing(byte* to);

    /// <summary>Bit c set where value c is below its limit. Values from <paramref name="count"/> on may be read up to 31 bytes past the last one.</summary>
    static abstract uint Below(byte* x, byte* limits, int count);
}

/// <summary>Signs of int8 or float32 on x64, which makes a mask of the upper bits of a vector's lanes with one instruction: a word of 32 channels takes one comparison of bytes, or four of floats.</summary>
internal sealed unsafe class VectorBinarize<TSigns> : Kernel
    where TSigns : struct, IWordSigns
{
    /// <summary>Rows of a unit of work.</summary>
    private const int UnitRows = 64;

    private readonly int channels;
    private readonly int rows;
    private readonly NativeBuffer limits;
    private readonly uint[] directions;

    public VectorBinarize(KernelRequest request)
    {
        channels = request.Input(0).Shape[^1];
        rows = (int)(request.Input(0).Shape.ElementCount / channels);
        var rule = new SignRule(request, 0, 1, 2);
        directions = new uint[DataTypes.WordsFor(channels)];
        limits = new NativeBuffer((long)directions.Length * DataTypes.BitsPerWord * TSigns.ElementBytes);
        for (int c = 0; c < directions.Length * DataTypes.BitsPerWord; c++)
        {
            byte* to = limits.Pointer + ((nint)c * TSigns.ElementBytes);
            if (c < channels)
                directions[c / DataTypes.BitsPerWord] |= (uint)TSigns.WriteLimit(rule, c, to) << (c % DataTypes.BitsPerWord);
            else
                TSigns.WriteNothing(to);
        }
    }

    public override int Units => (rows + UnitRows - 1) / UnitRows;

    public override long PackedBytes => limits.Length;

    public override void Run(in KernelArguments arguments, int begin, int end)
    {
        int last = Math.Min(end * UnitRows, rows);
        int wordBytes = DataTypes.BitsPerWord * TSigns.ElementBytes;
        uint* y = (uint*)arguments.Outputs[0] + ((nint)begin * UnitRows * directions.Length);
        for (int r = begin * UnitRows; r < last; r++, y += directions.Length)
        {
            byte* x = arguments.Inputs[0] + ((nint)r * channels * TSigns.ElementBytes);
            for (int w = 0; w < directions.Length; w++)
                y[w] = TSigns.Below(x + (w * wordBytes), limits.Pointer + (w * wordBytes), channels - (w * DataTypes.BitsPerWord)) ^ directions[w];
        }
    }

    protected override void Dispose(bool disposing)
    {
        limits.Dispose();
        base.Dispose(disposing);
    }
}

/// <summary>int8.</summary>
internal readonly unsafe struct X64Int8Signs : IWordSigns
{
    public static int ElementBytes => 1;

    public static int WriteLimit(SignRule rule, int channel, byte* to)
    {
        (sbyte limit, int direction) = Int8SignLimit.Of(rule.IntThresholds[channel], rule.Directions[channel]);
        *(sbyte*)to = limit;
        return direction;
    }

    public static void WriteNothing(byte* to) => *(sbyte*)to = sbyte.MinValue;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Below(byte* x, byte* limits, int count) => Vector256.GreaterThan(Vector256.Load((sbyte*)limits), Vector256.Load((sbyte*)x)).ExtractMostSignificantBits();
}

/// <summary>float32.</summary>
internal readonly unsafe struct X64Float32Signs : IWordSigns
{
    public static int ElementBytes => 4;

    public static int WriteLimit(SignRule rule, int channel, byte* to)
    {
        *(float*)to = rule.FloatThresholds[channel];
        return rule.Directions[channel];
    }

    public static void WriteNothing(byte* to) => *(float*)to = float.NegativeInfinity;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Below(byte* x, byte* limits, int count)
    {
        uint bits = Eight(x, limits, 0);
        if (count > 8)
            bits |= Eight(x, limits, 8);
        if (count > 16)
            bits |= Eight(x, limits, 16);
        return count > 24 ? bits | Eight(x, limits, 24) : bits;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Eight(byte* x, byte* limits, int at) =>
        Vector256.LessThan(Vector256.Load((float*)x + at), Vector256.Load((float*)limits + at)).ExtractMostSignificantBits() << at;
}
