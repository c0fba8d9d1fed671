using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace EdgeRuntime.Kernels.Int8;

/// <summary>
/// Products of int8 activations with one-bit weights by look-up: a group of four activations has 16 sums of theirs, one for each choice of signs, and four weights are
/// an index. tbl looks up 16 outputs at a time, low and high bytes of the sums apart (Wei et al. 2024, "T-MAC", arXiv 2407.00088, does so with weights of few bits). So 128 multiply-accumulates
/// take 12 vector instructions, where int8 weights take 24 (8 with dot products, if four rows share them), and weights come from memory as the bits that they are.
/// </summary>
internal static unsafe class NeonSignTables
{
    /// <summary>Added to each sum, -512..512, so that it is not negative.</summary>
    public const int Offset = 512;

    /// <summary>Bytes of a group's table: 16 low bytes, then 16 high ones.</summary>
    public const int GroupBytes = 32;

    /// <summary>
    /// Writes the tables of the groups of a chunk. Lane i of the first vector is Offset + x3 + s0 x0 + s1 x1 + s2 x2 with s_k = -1 where bit k of i is set; the second one has -x3 in place of x3.
    /// </summary>
    /// <param name="x">Activations, of which <paramref name="count"/> exist; the others count as 0.</param>
    /// <param name="count">Activations from x on, 0 or more.</param>
    /// <param name="groups">Groups to write.</param>
    /// <param name="tables">Receives <see cref="GroupBytes"/> for each group.</param>
    public static void Build(sbyte* x, int count, int groups, byte* tables)
    {
        int whole = Math.Clamp(count / SignPanels.GroupInputs, 0, groups);
        for (int g = 0; g < whole; g++, x += SignPanels.GroupInputs, tables += GroupBytes)
            Write(*(uint*)x, tables);
        uint rest = 0;
        for (int i = 0; whole < groups && i < count - (whole * SignPanels.GroupInputs); i++)
            rest |= (uint)(byte)x[i] << (8 * i);
        for (int g = whole; g < groups; g++, tables += GroupBytes)
        {
            Write(rest, tables);
            rest = 0;
        }
    }

    /// <summary>Adds the products of a run of groups to the sums of a panel's 32 outputs.</summary>
    /// <param name="weights">The panel's weights of the run.</param>
    /// <param name="tables">Tables of the run's groups.</param>
    /// <param name="groups">An even number up to <see cref="SignPanels.MostRunGroups"/>.</param>
    /// <param name="sums">32 sums.</param>
    public static void Accumulate(byte* weights, byte* tables, int groups, int* sums)
    {
        Vector128<byte> mask = Vector128.Create((byte)15);
        // Low bytes of outputs 0..7, 8..15, 16..23 and 24..31; high bytes of 0..15 and 16..31.
        Vector128<ushort> a0 = Vector128<ushort>.Zero, a1 = a0, a2 = a0, a3 = a0;
        Vector128<byte> h0 = Vector128<byte>.Zero, h1 = h0;
        do
        {
            Vector128<byte> w0 = AdvSimd.LoadVector128(weights);
            Vector128<byte> low0 = AdvSimd.LoadVector128(tables);
            Vector128<byte> w1 = AdvSimd.LoadVector128(weights + 16);
            Vector128<byte> low1 = AdvSimd.LoadVector128(tables + 32);
            Vector128<byte> high0 = AdvSimd.LoadVector128(tables + 16);
            Vector128<byte> high1 = AdvSimd.LoadVector128(tables + 48);
            weights += 32;
            tables += 64;
            Vector128<byte> i0 = AdvSimd.And(w0, mask);
            Vector128<byte> i1 = AdvSimd.And(w1, mask);
            w0 = AdvSimd.ShiftRightLogical(w0, 4);
            w1 = AdvSimd.ShiftRightLogical(w1, 4);
            Vector128<byte> l0 = AdvSimd.Arm64.VectorTableLookup(low0, i0);
            Vector128<byte> l1 = AdvSimd.Arm64.VectorTableLookup(low1, i1);
            Vector128<byte> l2 = AdvSimd.Arm64.VectorTableLookup(low0, w0);
            Vector128<byte> l3 = AdvSimd.Arm64.VectorTableLookup(low1, w1);
            i0 = AdvSimd.Arm64.VectorTableLookup(high0, i0);
            i1 = AdvSimd.Arm64.VectorTableLookup(high1, i1);
            w0 = AdvSimd.Arm64.VectorTableLookup(high0, w0);
            w1 = AdvSimd.Arm64.VectorTableLookup(high1, w1);
            a1 = AdvSimd.AddWideningUpper(a1, l0);
            a3 = AdvSimd.AddWideningUpper(a3, l2);
            a0 = AdvSimd.AddWideningLower(a0, l0.GetLower());
            a2 = AdvSimd.AddWideningLower(a2, l2.GetLower());
            h0 = AdvSimd.Add(h0, i0);
            h1 = AdvSimd.Add(h1, w0);
            a1 = AdvSimd.AddWideningUpper(a1, l1);
            a3 = AdvSimd.AddWideningUpper(a3, l3);
            a0 = AdvSimd.AddWideningLower(a0, l1.GetLower());
            a2 = AdvSimd.AddWideningLower(a2, l3.GetLower());
            h0 = AdvSimd.Add(h0, i1);
            h1 = AdvSimd.Add(h1, w1);
            groups -= 2;
        }
        while (groups != 0);

        // Sums of low bytes plus 256 times those of high ones: modulo 2^16, below which the true sums are.
        a1 = AdvSimd.Add(a1, AdvSimd.ShiftLeftLogical(AdvSimd.ZeroExtendWideningUpper(h0), 8));
        a3 = AdvSimd.Add(a3, AdvSimd.ShiftLeftLogical(AdvSimd.ZeroExtendWideningUpper(h1), 8));
        a0 = AdvSimd.Add(a0, AdvSimd.ShiftLeftLogical(AdvSimd.ZeroExtendWideningLower(h0.GetLower()), 8));
        a2 = AdvSimd.Add(a2, AdvSimd.ShiftLeftLogical(AdvSimd.ZeroExtendWideningLower(h1.GetLower()), 8));
        AddEight(sums, a0);
        AddEight(sums + 8, a1);
        AddEight(sums + 16, a2);
        AddEight(sums + 24, a3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddEight(int* sums, Vector128<ushort> a)
    {
        Vector128<uint> low = AdvSimd.LoadVector128((uint*)sums);
        Vector128<uint> high = AdvSimd.LoadVector128((uint*)sums + 4);
        AdvSimd.Store((uint*)sums + 4, AdvSimd.AddWideningUpper(high, a));
        AdvSimd.Store((uint*)sums, AdvSimd.AddWideningLower(low, a.GetLower()));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Write(uint four, byte* table)
    {
        Vector64<short> x = AdvSimd.SignExtendWideningLower(Vector64.CreateScalar(four).AsSByte()).GetLower();
        Vector128<short> plus = AdvSimd.MultiplyAddBySelectedScalar(Vector128.Create((short)Offset), Vector128.Create(1, -1, 1, -1, 1, -1, 1, -1), x, 0);
        plus = AdvSimd.MultiplyAddBySelectedScalar(plus, Vector128.Create(1, 1, -1, -1, 1, 1, -1, -1), x, 1);
        plus = AdvSimd.MultiplyAddBySelectedScalar(plus, Vector128.Create(1, 1, 1, 1, -1, -1, -1, -1), x, 2);
        Vector128<short> last = AdvSimd.DuplicateSelectedScalarToVector128(x, 3);
        Vector128<byte> minus = AdvSimd.Subtract(plus, last).AsByte();
        Vector128<byte> first = AdvSimd.Add(plus, last).AsByte();
        AdvSimd.Store(table, AdvSimd.Arm64.UnzipEven(first, minus));
        AdvSimd.Store(table + 16, AdvSimd.Arm64.UnzipOdd(first, minus));
    }
}
