using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace EdgeRuntime.Kernels.Int8;

/// <summary>
/// NEON without dot product (Cortex-A53, A72): 2 rows by 16 channels, or 4 rows by 8. Two int8 products fit an int16 unless both weights are -128, so smull and
/// smlal add the products of depths k and k + 2 (<see cref="PairedProducts"/>), and sadalp adds the pairs k, k + 1 into int32: 3 instructions for 16 multiply-accumulates, of which 2 need
/// the multiplier. Lanes of a product: channel 0 depth k, channel 0 depth k + 1, channel 1 depth k, ...; activations are replicated pairs (ld1r).
/// The upper halves are multiplied first, so that a lower half is the last use of its register and costs no copy. All loads stand before all arithmetic; each chain
/// of three waits behind seven others. Neighbouring weights are read through two pointers: of one, the compiler makes ldp, which costs the whole of a network 0.5 to 0.8 % on A72.
/// 16.1 modelled cycles for 128 multiply-accumulates on A72 (limit 16), 37 on A53 (limit 24).
/// </summary>
internal readonly unsafe struct NeonGemmTile<TSums> : IGemmTile
    where TSums : struct, IProductSums
{
    public static int DepthGroup => 2;

    public static int DepthStep => 4;

    public static bool AllowsMinimumWeight => !TSums.InPairs;

    public static void Wide<TRounding>(GemmBlock* block)
        where TRounding : struct, IRounding
    {
        byte* a0 = block->A;
        sbyte* y0 = block->Output;
        nint stride = block->AStride;
        nint outputStride = block->OutputStride;
        nint skip = block->SegmentSkip;
        int rows = block->Rows;

        // A single row is done twice, and stored twice to the same place.
        nint to1 = rows > 1 ? stride : 0;
        nint outputTo1 = rows > 1 ? outputStride : 0;
        while (true)
        {
            byte* a1 = a0 + to1;
            sbyte* y1 = y0 + outputTo1;
            byte* next = a1 + stride;
            int* constants = (int*)block->Panel;
            Vector128<int> c00 = AdvSimd.LoadVector128(constants);
            Vector128<int> c01 = AdvSimd.LoadVector128(constants + 4);
            Vector128<int> c02 = AdvSimd.LoadVector128(constants + 8);
            Vector128<int> c03 = AdvSimd.LoadVector128(constants + 12);
            Vector128<int> c10 = c00, c11 = c01, c12 = c02, c13 = c03;
            sbyte* w = (sbyte*)(constants + 48);
            sbyte* v = w + 16;
            byte* b0 = a0 + 2;
            byte* b1 = a1 + 2;
            int segments = block->Segments;
            do
            {
                int steps = block->Steps;
                do
                {
                    Vector128<sbyte> w0 = AdvSimd.LoadVector128(w);
                    Vector128<sbyte> x0 = AdvSimd.LoadAndReplicateToVector128((short*)a0).AsSByte();
                    Vector128<sbyte> w1 = AdvSimd.LoadVector128(v);
                    Vector128<sbyte> x1 = AdvSimd.LoadAndReplicateToVector128((short*)a1).AsSByte();
                    Vector128<sbyte> w2 = AdvSimd.LoadVector128(w + 32);
                    Vector128<sbyte> z0 = AdvSimd.LoadAndReplicateToVector128((short*)b0).AsSByte();
                    Vector128<sbyte> w3 = AdvSimd.LoadVector128(v + 32);
                    Vector128<sbyte> z1 = AdvSimd.LoadAndReplicateToVector128((short*)b1).AsSByte();
                    a0 += 4;
                    b0 += 4;
                    a1 += 4;
                    b1 += 4;
                    w += 64;
                    v += 64;
                    Vector128<short> t01 = AdvSimd.MultiplyWideningUpper(x0, w0);
                    Vector128<short> t11 = AdvSimd.MultiplyWideningUpper(x1, w0);
                    Vector128<short> t03 = AdvSimd.MultiplyWideningUpper(x0, w1);
                    Vector128<short> t13 = AdvSimd.MultiplyWideningUpper(x1, w1);
                    Vector64<sbyte> x0l = x0.GetLower();
                    Vector64<sbyte> x1l = x1.GetLower();
                    Vector64<sbyte> w0l = w0.GetLower();
                    Vector64<sbyte> w1l = w1.GetLower();
                    Vector128<short> t00 = AdvSimd.MultiplyWideningLower(x0l, w0l);
                    Vector128<short> t10 = AdvSimd.MultiplyWideningLower(x1l, w0l);
                    Vector128<short> t02 = AdvSimd.MultiplyWideningLower(x0l, w1l);
                    Vector128<short> t12 = AdvSimd.MultiplyWideningLower(x1l, w1l);
                    if (!TSums.InPairs)
                    {
                        c01 = AdvSimd.AddPairwiseWideningAndAdd(c01, t01);
                        c11 = AdvSimd.AddPairwiseWideningAndAdd(c11, t11);
                        c03 = AdvSimd.AddPairwiseWideningAndAdd(c03, t03);
                        c13 = AdvSimd.AddPairwiseWideningAndAdd(c13, t13);
                        c00 = AdvSimd.AddPairwiseWideningAndAdd(c00, t00);
                        c10 = AdvSimd.AddPairwiseWideningAndAdd(c10, t10);
                        c02 = AdvSimd.AddPairwiseWideningAndAdd(c02, t02);
                        c12 = AdvSimd.AddPairwiseWideningAndAdd(c12, t12);
                    }

                    t01 = ProductSums.Upper<TSums>(t01, z0, w2);
                    t11 = ProductSums.Upper<TSums>(t11, z1, w2);
                    t03 = ProductSums.Upper<TSums>(t03, z0, w3);
                    t13 = ProductSums.Upper<TSums>(t13, z1, w3);
                    Vector64<sbyte> z0l = z0.GetLower();
                    Vector64<sbyte> z1l = z1.GetLower();
                    Vector64<sbyte> w2l = w2.GetLower();
                    Vector64<sbyte> w3l = w3.GetLower();
                    t00 = ProductSums.Lower<TSums>(t00, z0l, w2l);
                    t10 = ProductSums.Lower<TSums>(t10, z1l, w2l);
                    t02 = ProductSums.Lower<TSums>(t02, z0l, w3l);
                    t12 = ProductSums.Lower<TSums>(t12, z1l, w3l);
                    c01 = AdvSimd.AddPairwiseWideningAndAdd(c01, t01);
                    c11 = AdvSimd.AddPairwiseWideningAndAdd(c11, t11);
                    c03 = AdvSimd.AddPairwiseWideningAndAdd(c03, t03);
                    c13 = AdvSimd.AddPairwiseWideningAndAdd(c13, t13);
                    c00 = AdvSimd.AddPairwiseWideningAndAdd(c00, t00);
                    c10 = AdvSimd.AddPairwiseWideningAndAdd(c10, t10);
                    c02 = AdvSimd.AddPairwiseWideningAndAdd(c02, t02);
                    c12 = AdvSimd.AddPairwiseWideningAndAdd(c12, t12);
                }
                while (--steps != 0);
                a0 += skip;
                b0 += skip;
                a1 += skip;
                b1 += skip;
            }
            while (--segments != 0);

            Vector128<short> zeroPoint = block->Limits.ZeroPoint;
            Vector128<sbyte> low = block->Limits.Low;
            Vector128<sbyte> high = block->Limits.High;
            Vector128<int> m0 = AdvSimd.LoadVector128(constants + 16);
            Vector128<int> m1 = AdvSimd.LoadVector128(constants + 20);
            Vector128<int> m2 = AdvSimd.LoadVector128(constants + 24);
            Vector128<int> m3 = AdvSimd.LoadVector128(constants + 28);
            Vector128<int> s0 = AdvSimd.LoadVector128(constants + 32);
            Vector128<int> s1 = AdvSimd.LoadVector128(constants + 36);
            Vector128<int> s2 = AdvSimd.LoadVector128(constants + 40);
            Vector128<int> s3 = AdvSimd.LoadVector128(constants + 44);
            Vector128<sbyte> r0, r1;
            if (TRounding.Mode == RoundingMode.Fused)
            {
                // What is stored between them makes the second loads of the offsets loads, not copies, which an in-order core would wait for.
                block->Tile = y0;
                Vector128<int> t0 = AdvSimd.LoadVector128(constants + 32);
                Vector128<int> t1 = AdvSimd.LoadVector128(constants + 36);
                Vector128<int> t2 = AdvSimd.LoadVector128(constants + 40);
                Vector128<int> t3 = AdvSimd.LoadVector128(constants + 44);
                NeonRequantization.FusedRows<TRounding>(
                    c00, c01, c02, c03, c10, c11, c12, c13, m0, m1, m2, m3, s0, s1, s2, s3, t0, t1, t2, t3, low, high, out r0, out r1);
            }
            else
            {
                NeonRequantization.Multiply<TRounding>(ref c00, ref c01, ref c02, ref c03, m0, m1, m2, m3, s0, s1, s2, s3);
                NeonRequantization.Multiply<TRounding>(ref c10, ref c11, ref c12, ref c13, m0, m1, m2, m3, s0, s1, s2, s3);
                NeonRequantization.Round<TRounding>(ref c00, ref c01, ref c02, ref c03, s0, s1, s2, s3);
                NeonRequantization.Round<TRounding>(ref c10, ref c11, ref c12, ref c13, s0, s1, s2, s3);
                NeonRequantization.NarrowRows<TRounding>(c00, c01, c02, c03, c10, c11, c12, c13, zeroPoint, low, high, out r0, out r1);
            }

            if (block->Columns == 16)
            {
                AdvSimd.Store(y0, r0);
                AdvSimd.Store(y1, r1);
            }
            else
            {
                AdvSimd.Store(block->Parts, r0);
                AdvSimd.Store(block->Parts + 16, r1);
                GemmBlock.StoreParts(block, y0, Math.Min(rows, 2), 16);
            }

            rows -= 2;
            if (rows <= 0)
                return;
            a0 = next;
            y0 = y1 + outputStride;
            if (rows == 1)
            {
                // The last tile begins earlier, and does a row again that the one before it did.
                a0 -= stride;
                y0 -= outputStride;
                rows = 2;
            }
        }
    }

    public static void Narrow<TRounding>(GemmBlock* block)
        where TRounding : struct, IRounding
    {
        byte* a0 = block->A;
        sbyte* y0 = block->Output;
        nint stride = block->AStride;
        nint outputStride = block->OutputStride;
        nint skip = block->SegmentSkip;
        int rows = block->Rows;
        do
        {
            // Rows past the last one repeat the row before them, and store the same bytes to the same place.
            bool has1 = rows > 1;
            bool has2 = rows > 2;
            bool has3 = rows > 3;
            byte* a1 = has1 ? a0 + stride : a0;
            sbyte* y1 = has1 ? y0 + outputStride : y0;
            byte* a2 = has2 ? a1 + stride : a1;
            sbyte* y2 = has2 ? y1 + outputStride : y1;
            byte* a3 = has3 ? a2 + stride : a2;
            sbyte* y3 = has3 ? y2 + outputStride : y2;
            byte* next = a3 + stride;
            int* constants = (int*)block->Panel;
            Vector128<int> c00 = AdvSimd.LoadVector128(constants);
            Vector128<int> c01 = AdvSimd.LoadVector128(constants + 4);
            Vector128<int> c10 = c00, c11 = c01;
            Vector128<int> c20 = c00, c21 = c01;
            Vector128<int> c30 = c00, c31 = c01;
            sbyte* w = (sbyte*)(constants + 24);
            sbyte* v = w + 16;
            byte* b0 = a0 + 2;
            byte* b1 = a1 + 2;
            byte* b2 = a2 + 2;
            byte* b3 = a3 + 2;
            int segments = block->Segments;
            do
            {
                int steps = block->Steps;
                do
                {
                    Vector128<sbyte> x0 = AdvSimd.LoadAndReplicateToVector128((short*)a0).AsSByte();
                    Vector128<sbyte> x1 = AdvSimd.LoadAndReplicateToVector128((short*)a1).AsSByte();
                    Vector128<sbyte> x2 = AdvSimd.LoadAndReplicateToVector128((short*)a2).AsSByte();
                    Vector128<sbyte> x3 = AdvSimd.LoadAndReplicateToVector128((short*)a3).AsSByte();
                    Vector128<sbyte> w0 = AdvSimd.LoadVector128(w);
                    Vector128<sbyte> w1 = AdvSimd.LoadVector128(v);
                    Vector128<sbyte> z0 = AdvSimd.LoadAndReplicateToVector128((short*)b0).AsSByte();
                    Vector128<sbyte> z1 = AdvSimd.LoadAndReplicateToVector128((short*)b1).AsSByte();
                    Vector128<sbyte> z2 = AdvSimd.LoadAndReplicateToVector128((short*)b2).AsSByte();
                    Vector128<sbyte> z3 = AdvSimd.LoadAndReplicateToVector128((short*)b3).AsSByte();
                    a0 += 4;
                    b0 += 4;
                    a1 += 4;
                    b1 += 4;
                    a2 += 4;
                    b2 += 4;
                    a3 += 4;
                    b3 += 4;
                    w += 32;
                    v += 32;
                    Vector128<short> t01 = AdvSimd.MultiplyWideningUpper(x0, w0);
                    Vector128<short> t11 = AdvSimd.MultiplyWideningUpper(x1, w0);
                    Vector128<short> t21 = AdvSimd.MultiplyWideningUpper(x2, w0);
                    Vector128<short> t31 = AdvSimd.MultiplyWideningUpper(x3, w0);
                    Vector64<sbyte> x0l = x0.GetLower();
                    Vector64<sbyte> x1l = x1.GetLower();
                    Vector64<sbyte> x2l = x2.GetLower();
                    Vector64<sbyte> x3l = x3.GetLower();
                    Vector64<sbyte> w0l = w0.GetLower();
                    Vector128<short> t00 = AdvSimd.MultiplyWideningLower(x0l, w0l);
                    Vector128<short> t10 = AdvSimd.MultiplyWideningLower(x1l, w0l);
                    Vector128<short> t20 = AdvSimd.MultiplyWideningLower(x2l, w0l);
                    Vector128<short> t30 = AdvSimd.MultiplyWideningLower(x3l, w0l);
                    if (!TSums.InPairs)
                    {
                        c01 = AdvSimd.AddPairwiseWideningAndAdd(c01, t01);
                        c11 = AdvSimd.AddPairwiseWideningAndAdd(c11, t11);
                        c21 = AdvSimd.AddPairwiseWideningAndAdd(c21, t21);
                        c31 = AdvSimd.AddPairwiseWideningAndAdd(c31, t31);
                        c00 = AdvSimd.AddPairwiseWideningAndAdd(c00, t00);
                        c10 = AdvSimd.AddPairwiseWideningAndAdd(c10, t10);
                        c20 = AdvSimd.AddPairwiseWideningAndAdd(c20, t20);
                        c30 = AdvSimd.AddPairwiseWideningAndAdd(c30, t30);
                    }

                    t01 = ProductSums.Upper<TSums>(t01, z0, w1);
                    t11 = ProductSums.Upper<TSums>(t11, z1, w1);
                    t21 = ProductSums.Upper<TSums>(t21, z2, w1);
                    t31 = ProductSums.Upper<TSums>(t31, z3, w1);
                    Vector64<sbyte> z0l = z0.GetLower();
                    Vector64<sbyte> z1l = z1.GetLower();
                    Vector64<sbyte> z2l = z2.GetLower();
                    Vector64<sbyte> z3l = z3.GetLower();
                    Vector64<sbyte> w1l = w1.GetLower();
                    t00 = ProductSums.Lower<TSums>(t00, z0l, w1l);
                    t10 = ProductSums.Lower<TSums>(t10, z1l, w1l);
                    t20 = ProductSums.Lower<TSums>(t20, z2l, w1l);
                    t30 = ProductSums.Lower<TSums>(t30, z3l, w1l);
                    c01 = AdvSimd.AddPairwiseWideningAndAdd(c01, t01);
                    c11 = AdvSimd.AddPairwiseWideningAndAdd(c11, t11);
                    c21 = AdvSimd.AddPairwiseWideningAndAdd(c21, t21);
                    c31 = AdvSimd.AddPairwiseWideningAndAdd(c31, t31);
                    c00 = AdvSimd.AddPairwiseWideningAndAdd(c00, t00);
                    c10 = AdvSimd.AddPairwiseWideningAndAdd(c10, t10);
                    c20 = AdvSimd.AddPairwiseWideningAndAdd(c20, t20);
                    c30 = AdvSimd.AddPairwiseWideningAndAdd(c30, t30);
                }
                while (--steps != 0);
                a0 += skip;
                b0 += skip;
                a1 += skip;
                b1 += skip;
                a2 += skip;
                b2 += skip;
                a3 += skip;
                b3 += skip;
            }
            while (--segments != 0);

            Vector128<int> m0 = AdvSimd.LoadVector128(constants + 8);
            Vector128<int> m1 = AdvSimd.LoadVector128(constants + 12);
            Vector128<int> s0 = AdvSimd.LoadVector128(constants + 16);
            Vector128<int> s1 = AdvSimd.LoadVector128(constants + 20);
            if (TRounding.Mode != RoundingMode.Fused)
            {
                NeonRequantization.Multiply<TRounding>(ref c00, ref c01, ref c10, ref c11, m0, m1, m0, m1, s0, s1, s0, s1);
                NeonRequantization.Multiply<TRounding>(ref c20, ref c21, ref c30, ref c31, m0, m1, m0, m1, s0, s1, s0, s1);
                NeonRequantization.Round<TRounding>(ref c00, ref c01, ref c10, ref c11, s0, s1, s0, s1);
                NeonRequantization.Round<TRounding>(ref c20, ref c21, ref c30, ref c31, s0, s1, s0, s1);
            }

            Vector128<short> zeroPoint = block->Limits.ZeroPoint;
            Vector64<sbyte> low = block->Limits.Low.GetLower();
            Vector64<sbyte> high = block->Limits.High.GetLower();
            Vector128<short> r00 = NeonRequantization.Finish<TRounding>(c00, c01, m0, m1, s0, s1, zeroPoint);
            Vector128<short> r10 = NeonRequantization.Finish<TRounding>(c10, c11, m0, m1, s0, s1, zeroPoint);
            Vector128<short> r20 = NeonRequantization.Finish<TRounding>(c20, c21, m0, m1, s0, s1, zeroPoint);
            Vector128<short> r30 = NeonRequantization.Finish<TRounding>(c30, c31, m0, m1, s0, s1, zeroPoint);
            if (block->Columns == 8)
            {
                AdvSimd.Store(y0, NeonRequantization.Limit<TRounding>(r00, low, high));
                AdvSimd.Store(y1, NeonRequantization.Limit<TRounding>(r10, low, high));
                AdvSimd.Store(y2, NeonRequantization.Limit<TRounding>(r20, low, high));
                AdvSimd.Store(y3, NeonRequantization.Limit<TRounding>(r30, low, high));
            }
            else
            {
                AdvSimd.Store(block->Parts, NeonRequantization.Limit<TRounding>(r00, low, high));
                AdvSimd.Store(block->Parts + 8, NeonRequantization.Limit<TRounding>(r10, low, high));
                AdvSimd.Store(block->Parts + 16, NeonRequantization.Limit<TRounding>(r20, low, high));
                AdvSimd.Store(block->Parts + 24, NeonRequantization.Limit<TRounding>(r30, low, high));
                GemmBlock.StoreParts(block, y0, Math.Min(rows, 4), 8);
            }

            a0 = next;
            y0 = y3 + outputStride;
            rows -= 4;
        }
        while (rows > 0);
    }
}
