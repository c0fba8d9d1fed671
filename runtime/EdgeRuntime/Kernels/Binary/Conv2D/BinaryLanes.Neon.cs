using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace EdgeRuntime.Kernels.Binary.Conv2D;

/// <summary>
/// One chunk of the window for eight filters and four pixels: popcount(weights ^ activations), two bytes for each filter, which the caller adds to int16 lane f of each pixel,
/// f = 0..7. All three widths do the same: exclusive or, count per byte, and a tree of pairwise additions that ends with two bytes per filter (at most
/// 64 each): with the widening accumulation 3 vector instructions per 128 products. All loads come first, then operations in groups of up to sixteen
/// independent ones: an in-order core needs that, and an out-of-order core does not mind. Weights are not loaded in the order of their addresses, since the compiler would make
/// pairs of such loads, which Cortex-A72 splits into three operations.
/// </summary>
internal unsafe interface INeonLanes
{
    /// <summary>Bytes of weights per chunk.</summary>
    static abstract int WeightBytes { get; }

    /// <summary>Whether a chunk is so short that two of them are done at once.</summary>
    static abstract bool InPairs { get; }

    static abstract void Count(
        byte* w, byte* x0, byte* x1, byte* x2, byte* x3, out Vector128<byte> a0, out Vector128<byte> a1, out Vector128<byte> a2, out Vector128<byte> a3);

    /// <summary>Adds the counts of one pixel.</summary>
    static abstract void AccumulateOne(byte* w, byte* x, ref Vector128<ushort> p);
}

/// <summary>128 channels of one filter in each weight vector: w0 .. w7.</summary>
internal readonly unsafe struct NeonLanes128 : INeonLanes
{
    public static int WeightBytes => 128;

    public static bool InPairs => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Count(
        byte* w, byte* x0, byte* x1, byte* x2, byte* x3, out Vector128<byte> a0, out Vector128<byte> a1, out Vector128<byte> a2, out Vector128<byte> a3)
    {
        Vector128<byte> v0 = AdvSimd.LoadVector128(x0);
        Vector128<byte> v1 = AdvSimd.LoadVector128(x1);
        Vector128<byte> v2 = AdvSimd.LoadVector128(x2);
        Vector128<byte> v3 = AdvSimd.LoadVector128(x3);

        Vector128<byte> w0 = AdvSimd.LoadVector128(w);
        Vector128<byte> w3 = AdvSimd.LoadVector128(w + 48);
        Vector128<byte> w6 = AdvSimd.LoadVector128(w + 96);
        Vector128<byte> w1 = AdvSimd.LoadVector128(w + 16);
        Vector128<byte> w4 = AdvSimd.LoadVector128(w + 64);
        Vector128<byte> w7 = AdvSimd.LoadVector128(w + 112);
        Vector128<byte> w2 = AdvSimd.LoadVector128(w + 32);
        Vector128<byte> w5 = AdvSimd.LoadVector128(w + 80);

        NeonPairs.Count(w0, w1, w2, w3, v0, v1, v2, v3, out a0, out a1, out a2, out a3, out var b0, out var b1, out var b2, out var b3);
        a0 = AdvSimd.Arm64.AddPairwise(a0, b0);
        a1 = AdvSimd.Arm64.AddPairwise(a1, b1);
        a2 = AdvSimd.Arm64.AddPairwise(a2, b2);
        a3 = AdvSimd.Arm64.AddPairwise(a3, b3);
        NeonPairs.Count(w4, w5, w6, w7, v0, v1, v2, v3, out b0, out b1, out b2, out b3, out var c0, out var c1, out var c2, out var c3);
        b0 = AdvSimd.Arm64.AddPairwise(b0, c0);
        b1 = AdvSimd.Arm64.AddPairwise(b1, c1);
        b2 = AdvSimd.Arm64.AddPairwise(b2, c2);
        b3 = AdvSimd.Arm64.AddPairwise(b3, c3);
        a0 = AdvSimd.Arm64.AddPairwise(a0, b0);
        a1 = AdvSimd.Arm64.AddPairwise(a1, b1);
        a2 = AdvSimd.Arm64.AddPairwise(a2, b2);
        a3 = AdvSimd.Arm64.AddPairwise(a3, b3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AccumulateOne(byte* w, byte* x, ref Vector128<ushort> p)
    {
        Vector128<byte> v = AdvSimd.LoadVector128(x);
        Vector128<byte> a = AdvSimd.Arm64.AddPairwise(NeonPairs.CountOne(w, v), NeonPairs.CountOne(w + 32, v));
        Vector128<byte> b = AdvSimd.Arm64.AddPairwise(NeonPairs.CountOne(w + 64, v), NeonPairs.CountOne(w + 96, v));
        p = AdvSimd.AddPairwiseWideningAndAdd(p, AdvSimd.Arm64.AddPairwise(a, b));
    }
}

/// <summary>64 channels of two filters in each weight vector: w01 w23 w45 w67; activations are repeated.</summary>
internal readonly unsafe struct NeonLanes64 : INeonLanes
{
    public static int WeightBytes => 64;

    public static bool InPairs => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Count(
        byte* w, byte* x0, byte* x1, byte* x2, byte* x3, out Vector128<byte> a0, out Vector128<byte> a1, out Vector128<byte> a2, out Vector128<byte> a3)
    {
        Vector128<byte> v0 = AdvSimd.LoadVector128(x0);
        Vector128<byte> v1 = AdvSimd.LoadVector128(x1);
        Vector128<byte> v2 = AdvSimd.LoadVector128(x2);
        Vector128<byte> v3 = AdvSimd.LoadVector128(x3);

        Vector128<byte> w2 = AdvSimd.LoadVector128(w + 32);
        Vector128<byte> w0 = AdvSimd.LoadVector128(w);
        Vector128<byte> w3 = AdvSimd.LoadVector128(w + 48);
        Vector128<byte> w1 = AdvSimd.LoadVector128(w + 16);

        NeonPairs.Count(w0, w1, w2, w3, v0, v1, v2, v3, out a0, out a1, out a2, out a3, out var b0, out var b1, out var b2, out var b3);
        a0 = AdvSimd.Arm64.AddPairwise(a0, b0);
        a1 = AdvSimd.Arm64.AddPairwise(a1, b1);
        a2 = AdvSimd.Arm64.AddPairwise(a2, b2);
        a3 = AdvSimd.Arm64.AddPairwise(a3, b3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AccumulateOne(byte* w, byte* x, ref Vector128<ushort> p)
    {
        Vector128<byte> v = AdvSimd.LoadVector128(x);
        p = AdvSimd.AddPairwiseWideningAndAdd(p, AdvSimd.Arm64.AddPairwise(NeonPairs.CountOne(w, v), NeonPairs.CountOne(w + 32, v)));
    }
}

/// <summary>32 channels of four filters in each weight vector: w0123 w4567; activations are repeated.</summary>
internal readonly unsafe struct NeonLanes32 : INeonLanes
{
    public static int WeightBytes => 32;

    public static bool InPairs => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Count(
        byte* w, byte* x0, byte* x1, byte* x2, byte* x3, out Vector128<byte> a0, out Vector128<byte> a1, out Vector128<byte> a2, out Vector128<byte> a3)
    {
        Vector128<byte> v0 = AdvSimd.LoadVector128(x0);
        Vector128<byte> v1 = AdvSimd.LoadVector128(x1);
        Vector128<byte> v2 = AdvSimd.LoadVector128(x2);
        Vector128<byte> v3 = AdvSimd.LoadVector128(x3);

        NeonPairs.Count(w, v0, v1, v2, v3, out a0, out a1, out a2, out a3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AccumulateOne(byte* w, byte* x, ref Vector128<ushort> p) =>
        p = AdvSimd.AddPairwiseWideningAndAdd(p, NeonPairs.CountOne(w, AdvSimd.LoadVector128(x)));
}

/// <summary>The step that all widths share.</summary>
internal static unsafe class NeonPairs
{
    /// <summary>Pairwise sums of the byte popcounts of (weights[0] ^ v, weights[1] ^ v).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> CountOne(byte* w, Vector128<byte> v) => AdvSimd.Arm64.AddPairwise(
        AdvSimd.PopCount(AdvSimd.Xor(AdvSimd.LoadVector128(w), v)), AdvSimd.PopCount(AdvSimd.Xor(AdvSimd.LoadVector128(w + 16), v)));

    /// <summary>s_i and t_i: pairwise sums of the byte popcounts of (w0 ^ v_i, w1 ^ v_i) and of (w2 ^ v_i, w3 ^ v_i).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Count(
        Vector128<byte> w0, Vector128<byte> w1, Vector128<byte> w2, Vector128<byte> w3,
        Vector128<byte> v0, Vector128<byte> v1, Vector128<byte> v2, Vector128<byte> v3,
        out Vector128<byte> s0, out Vector128<byte> s1, out Vector128<byte> s2, out Vector128<byte> s3,
        out Vector128<byte> t0, out Vector128<byte> t1, out Vector128<byte> t2, out Vector128<byte> t3)
    {
        Vector128<byte> a0 = AdvSimd.Xor(w0, v0);
        Vector128<byte> a1 = AdvSimd.Xor(w0, v1);
        Vector128<byte> a2 = AdvSimd.Xor(w0, v2);
        Vector128<byte> a3 = AdvSimd.Xor(w0, v3);
        Vector128<byte> b0 = AdvSimd.Xor(w1, v0);
        Vector128<byte> b1 = AdvSimd.Xor(w1, v1);
        Vector128<byte> b2 = AdvSimd.Xor(w1, v2);
        Vector128<byte> b3 = AdvSimd.Xor(w1, v3);
        Vector128<byte> c0 = AdvSimd.Xor(w2, v0);
        Vector128<byte> c1 = AdvSimd.Xor(w2, v1);
        Vector128<byte> c2 = AdvSimd.Xor(w2, v2);
        Vector128<byte> c3 = AdvSimd.Xor(w2, v3);
        Vector128<byte> d0 = AdvSimd.Xor(w3, v0);
        Vector128<byte> d1 = AdvSimd.Xor(w3, v1);
        Vector128<byte> d2 = AdvSimd.Xor(w3, v2);
        Vector128<byte> d3 = AdvSimd.Xor(w3, v3);
        a0 = AdvSimd.PopCount(a0);
        a1 = AdvSimd.PopCount(a1);
        a2 = AdvSimd.PopCount(a2);
        a3 = AdvSimd.PopCount(a3);
        b0 = AdvSimd.PopCount(b0);
        b1 = AdvSimd.PopCount(b1);
        b2 = AdvSimd.PopCount(b2);
        b3 = AdvSimd.PopCount(b3);
        c0 = AdvSimd.PopCount(c0);
        c1 = AdvSimd.PopCount(c1);
        c2 = AdvSimd.PopCount(c2);
        c3 = AdvSimd.PopCount(c3);
        d0 = AdvSimd.PopCount(d0);
        d1 = AdvSimd.PopCount(d1);
        d2 = AdvSimd.PopCount(d2);
        d3 = AdvSimd.PopCount(d3);
        s0 = AdvSimd.Arm64.AddPairwise(a0, b0);
        s1 = AdvSimd.Arm64.AddPairwise(a1, b1);
        s2 = AdvSimd.Arm64.AddPairwise(a2, b2);
        s3 = AdvSimd.Arm64.AddPairwise(a3, b3);
        t0 = AdvSimd.Arm64.AddPairwise(c0, d0);
        t1 = AdvSimd.Arm64.AddPairwise(c1, d1);
        t2 = AdvSimd.Arm64.AddPairwise(c2, d2);
        t3 = AdvSimd.Arm64.AddPairwise(c3, d3);
    }

    /// <summary>s_i = pairwise sums of the byte popcounts of (weights[0] ^ v_i, weights[1] ^ v_i).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Count(
        byte* w, Vector128<byte> v0, Vector128<byte> v1, Vector128<byte> v2, Vector128<byte> v3,
        out Vector128<byte> s0, out Vector128<byte> s1, out Vector128<byte> s2, out Vector128<byte> s3)
    {
        Vector128<byte> w0 = AdvSimd.LoadVector128(w);
        Vector128<byte> w1 = AdvSimd.LoadVector128(w + 16);
        Vector128<byte> l0 = AdvSimd.Xor(w0, v0);
        Vector128<byte> l1 = AdvSimd.Xor(w0, v1);
        Vector128<byte> l2 = AdvSimd.Xor(w0, v2);
        Vector128<byte> l3 = AdvSimd.Xor(w0, v3);
        Vector128<byte> h0 = AdvSimd.Xor(w1, v0);
        Vector128<byte> h1 = AdvSimd.Xor(w1, v1);
        Vector128<byte> h2 = AdvSimd.Xor(w1, v2);
        Vector128<byte> h3 = AdvSimd.Xor(w1, v3);
        l0 = AdvSimd.PopCount(l0);
        l1 = AdvSimd.PopCount(l1);
        l2 = AdvSimd.PopCount(l2);
        l3 = AdvSimd.PopCount(l3);
        h0 = AdvSimd.PopCount(h0);
        h1 = AdvSimd.PopCount(h1);
        h2 = AdvSimd.PopCount(h2);
        h3 = AdvSimd.PopCount(h3);
        s0 = AdvSimd.Arm64.AddPairwise(l0, h0);
        s1 = AdvSimd.Arm64.AddPairwise(l1, h1);
        s2 = AdvSimd.Arm64.AddPairwise(l2, h2);
        s3 = AdvSimd.Arm64.AddPairwise(l3, h3);
    }
}
