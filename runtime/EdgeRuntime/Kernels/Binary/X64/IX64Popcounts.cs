using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using EdgeRuntime.Kernels.Binary.Conv2D;

namespace EdgeRuntime.Kernels.Binary.X64;

/// <summary>
/// Popcounts of pixels against a block of eight filters. A chunk is 64 channels, so that a chunk of the block's weights is 64 bytes, eight filters side by side. A byte's bits are
/// counted with two look-ups of four bits each (Mula's method; .NET 10 offers no vpopcntq), bytes are summed in bytes as long as they hold them, and then in 64 bits for each filter.
/// </summary>
internal unsafe interface IX64Popcounts
{
    /// <summary>Counts of four pixels.</summary>
    static abstract void Four(BlockArguments* block, byte* x0, byte* x1, byte* x2, byte* x3, Vector256<int>* counts);

    /// <summary>Counts of one pixel.</summary>
    static abstract Vector256<int> One(BlockArguments* block, byte* x);
}

/// <summary>Chunks whose counts, 8 at most in each, fit a byte.</summary>
internal static class X64Popcounts
{
    public const int ChunksPerByte = 31;

    /// <summary>Bits of 0..15.</summary>
    public static Vector128<byte> BitsOfNibble => Vector128.Create((byte)0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4);
}

/// <summary>AVX-512: a chunk is one vector.</summary>
internal readonly unsafe struct Popcounts512 : IX64Popcounts
{
    public static void Four(BlockArguments* block, byte* x0, byte* x1, byte* x2, byte* x3, Vector256<int>* counts)
    {
        ulong* w = (ulong*)block->Weights;
        nint* offsets = block->ChunkOffsets;
        Vector512<byte> table = Table();
        Vector512<ulong> s0 = Vector512<ulong>.Zero, s1 = s0, s2 = s0, s3 = s0;
        for (int left = block->Chunks; left > 0; left -= X64Popcounts.ChunksPerByte)
        {
            Vector512<byte> c0 = Vector512<byte>.Zero, c1 = c0, c2 = c0, c3 = c0;
            for (int i = Math.Min(left, X64Popcounts.ChunksPerByte); i != 0; i--, w += 8)
            {
                nint at = *offsets++;
                Vector512<ulong> v = Vector512.Load(w);
                c0 += Bits(Vector512.Create(*(ulong*)(x0 + at)) ^ v, table);
                c1 += Bits(Vector512.Create(*(ulong*)(x1 + at)) ^ v, table);
                c2 += Bits(Vector512.Create(*(ulong*)(x2 + at)) ^ v, table);
                c3 += Bits(Vector512.Create(*(ulong*)(x3 + at)) ^ v, table);
            }

            s0 += Sums(c0);
            s1 += Sums(c1);
            s2 += Sums(c2);
            s3 += Sums(c3);
        }

        counts[0] = Avx512F.ConvertToVector256Int32(s0);
        counts[1] = Avx512F.ConvertToVector256Int32(s1);
        counts[2] = Avx512F.ConvertToVector256Int32(s2);
        counts[3] = Avx512F.ConvertToVector256Int32(s3);
    }

    public static Vector256<int> One(BlockArguments* block, byte* x)
    {
        ulong* w = (ulong*)block->Weights;
        nint* offsets = block->ChunkOffsets;
        Vector512<byte> table = Table();
        Vector512<ulong> s = Vector512<ulong>.Zero;
        for (int left = block->Chunks; left > 0; left -= X64Popcounts.ChunksPerByte)
        {
            Vector512<byte> c = Vector512<byte>.Zero;
            for (int i = Math.Min(left, X64Popcounts.ChunksPerByte); i != 0; i--, w += 8)
                c += Bits(Vector512.Create(*(ulong*)(x + *offsets++)) ^ Vector512.Load(w), table);
            s += Sums(c);
        }

        return Avx512F.ConvertToVector256Int32(s);
    }

    private static Vector512<byte> Table()
    {
        Vector256<byte> two = Vector256.Create(X64Popcounts.BitsOfNibble, X64Popcounts.BitsOfNibble);
        return Vector512.Create(two, two);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<byte> Bits(Vector512<ulong> v, Vector512<byte> table)
    {
        Vector512<byte> nibble = Vector512.Create((byte)15);
        return Avx512BW.Shuffle(table, v.AsByte() & nibble) + Avx512BW.Shuffle(table, (v >>> 4).AsByte() & nibble);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> Sums(Vector512<byte> counts) => Avx512BW.SumAbsoluteDifferences(counts, Vector512<byte>.Zero).AsUInt64();
}

/// <summary>AVX2: a chunk is two vectors; two pixels at a time fill the registers.</summary>
internal readonly unsafe struct Popcounts256 : IX64Popcounts
{
    public static void Four(BlockArguments* block, byte* x0, byte* x1, byte* x2, byte* x3, Vector256<int>* counts)
    {
        Two(block, x0, x1, counts);
        Two(block, x2, x3, counts + 2);
    }

    public static Vector256<int> One(BlockArguments* block, byte* x)
    {
        Vector256<int>* counts = stackalloc Vector256<int>[2];
        Two(block, x, x, counts);
        return counts[0];
    }

    private static void Two(BlockArguments* block, byte* x0, byte* x1, Vector256<int>* counts)
    {
        ulong* w = (ulong*)block->Weights;
        nint* offsets = block->ChunkOffsets;
        Vector256<byte> table = Vector256.Create(X64Popcounts.BitsOfNibble, X64Popcounts.BitsOfNibble);
        Vector256<ulong> s00 = Vector256<ulong>.Zero, s01 = s00, s10 = s00, s11 = s00;
        for (int left = block->Chunks; left > 0; left -= X64Popcounts.ChunksPerByte)
        {
            Vector256<byte> c00 = Vector256<byte>.Zero, c01 = c00, c10 = c00, c11 = c00;
            for (int i = Math.Min(left, X64Popcounts.ChunksPerByte); i != 0; i--, w += 8)
            {
                nint at = *offsets++;
                Vector256<ulong> a = Vector256.Create(*(ulong*)(x0 + at)), b = Vector256.Create(*(ulong*)(x1 + at));
                Vector256<ulong> lower = Vector256.Load(w), upper = Vector256.Load(w + 4);
                c00 += Bits(a ^ lower, table);
                c01 += Bits(a ^ upper, table);
                c10 += Bits(b ^ lower, table);
                c11 += Bits(b ^ upper, table);
            }

            s00 += Sums(c00);
            s01 += Sums(c01);
            s10 += Sums(c10);
            s11 += Sums(c11);
        }

        counts[0] = Vector256.Narrow(s00, s01).AsInt32();
        counts[1] = Vector256.Narrow(s10, s11).AsInt32();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Bits(Vector256<ulong> v, Vector256<byte> table)
    {
        Vector256<byte> nibble = Vector256.Create((byte)15);
        return Avx2.Shuffle(table, v.AsByte() & nibble) + Avx2.Shuffle(table, (v >>> 4).AsByte() & nibble);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> Sums(Vector256<byte> counts) => Avx2.SumAbsoluteDifferences(counts, Vector256<byte>.Zero).AsUInt64();
}
