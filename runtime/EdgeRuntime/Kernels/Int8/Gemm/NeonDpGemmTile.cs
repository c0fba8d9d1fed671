using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace EdgeRuntime.Kernels.Int8;

/// <summary>
/// NEON with dot product (Cortex-A76 and later): 4 rows by 16 channels, or 8 rows by 8. One sdot multiplies four depths of four channels with the same four
/// activations of a row, selected from its register: no broadcast. 16.2 modelled cycles for 512 multiply-accumulates on A76 (limit 16).
/// </summary>
internal readonly unsafe struct NeonDpGemmTile : IGemmTile
{
    public static int DepthGroup => 4;

    public static int DepthStep => 8;

    public static bool AllowsMinimumWeight => true;

    public static void Wide<TRounding>(GemmBlock* block)
        where TRounding : struct, IRounding
    {
        byte* a0 = block->A;
        sbyte* y0 = block->Output;
        nint stride = block->AStride;
        nint outputStride = block->OutputStride;
        nint skip = block->SegmentSkip;
        int rows = block->Rows;

        // Of fewer rows than a tile has, the missing ones repeat the last one, and store the same bytes to the same place.
        nint to1 = rows > 1 ? stride : 0, to2 = rows > 2 ? stride : 0, to3 = rows > 3 ? stride : 0;
        nint outputTo1 = rows > 1 ? outputStride : 0, outputTo2 = rows > 2 ? outputStride : 0, outputTo3 = rows > 3 ? outputStride : 0;
        while (true)
        {
            byte* a1 = a0 + to1;
            byte* a2 = a1 + to2;
            byte* a3 = a2 + to3;
            int* constants = (int*)block->Panel;

            // What is stored between the loads keeps the compiler from making one load and copies of it: copies take the pipes that products need.
            Vector128<int> c00 = AdvSimd.LoadVector128(constants);
            Vector128<int> c01 = AdvSimd.LoadVector128(constants + 4);
            Vector128<int> c02 = AdvSimd.LoadVector128(constants + 8);
            Vector128<int> c03 = AdvSimd.LoadVector128(constants + 12);
            block->NextA = a3 + stride;
            Vector128<int> c10 = AdvSimd.LoadVector128(constants);
            Vector128<int> c11 = AdvSimd.LoadVector128(constants + 4);
            Vector128<int> c12 = AdvSimd.LoadVector128(constants + 8);
            Vector128<int> c13 = AdvSimd.LoadVector128(constants + 12);
            block->Tile = y0;
            Vector128<int> c20 = AdvSimd.LoadVector128(constants);
            Vector128<int> c21 = AdvSimd.LoadVector128(constants + 4);
            Vector128<int> c22 = AdvSimd.LoadVector128(constants + 8);
            Vector128<int> c23 = AdvSimd.LoadVector128(constants + 12);
            block->RowsLeft = rows;
            Vector128<int> c30 = AdvSimd.LoadVector128(constants);
            Vector128<int> c31 = AdvSimd.LoadVector128(constants + 4);
            Vector128<int> c32 = AdvSimd.LoadVector128(constants + 8);
            Vector128<int> c33 = AdvSimd.LoadVector128(constants + 12);
            sbyte* w = (sbyte*)(constants + 48);
            int segments = block->Segments;
            do
            {
                int steps = block->Steps;
                do
                {
                    Vector64<sbyte> x0 = AdvSimd.LoadVector64((sbyte*)a0);
                    Vector64<sbyte> x1 = AdvSimd.LoadVector64((sbyte*)a1);
                    Vector64<sbyte> x2 = AdvSimd.LoadVector64((sbyte*)a2);
                    Vector64<sbyte> x3 = AdvSimd.LoadVector64((sbyte*)a3);
                    a0 += 8;
                    a1 += 8;
                    a2 += 8;
                    a3 += 8;
                    Vector128<sbyte> v = AdvSimd.LoadVector128(w);
                    c00 = Dp.DotProductBySelectedQuadruplet(c00, v, x0, 0);
                    c10 = Dp.DotProductBySelectedQuadruplet(c10, v, x1, 0);
                    c20 = Dp.DotProductBySelectedQuadruplet(c20, v, x2, 0);
                    c30 = Dp.DotProductBySelectedQuadruplet(c30, v, x3, 0);
                    v = AdvSimd.LoadVector128(w + 16);
                    c01 = Dp.DotProductBySelectedQuadruplet(c01, v, x0, 0);
                    c11 = Dp.DotProductBySelectedQuadruplet(c11, v, x1, 0);
                    c21 = Dp.DotProductBySelectedQuadruplet(c21, v, x2, 0);
                    c31 = Dp.DotProductBySelectedQuadruplet(c31, v, x3, 0);
                    v = AdvSimd.LoadVector128(w + 32);
                    c02 = Dp.DotProductBySelectedQuadruplet(c02, v, x0, 0);
                    c12 = Dp.DotProductBySelectedQuadruplet(c12, v, x1, 0);
                    c22 = Dp.DotProductBySelectedQuadruplet(c22, v, x2, 0);
                    c32 = Dp.DotProductBySelectedQuadruplet(c32, v, x3, 0);
                    v = AdvSimd.LoadVector128(w + 48);
                    c03 = Dp.DotProductBySelectedQuadruplet(c03, v, x0, 0);
                    c13 = Dp.DotProductBySelectedQuadruplet(c13, v, x1, 0);
                    c23 = Dp.DotProductBySelectedQuadruplet(c23, v, x2, 0);
                    c33 = Dp.DotProductBySelectedQuadruplet(c33, v, x3, 0);
                    v = AdvSimd.LoadVector128(w + 64);
                    c00 = Dp.DotProductBySelectedQuadruplet(c00, v, x0, 1);
                    c10 = Dp.DotProductBySelectedQuadruplet(c10, v, x1, 1);
                    c20 = Dp.DotProductBySelectedQuadruplet(c20, v, x2, 1);
                    c30 = Dp.DotProductBySelectedQuadruplet(c30, v, x3, 1);
                    v = AdvSimd.LoadVector128(w + 80);
                    c01 = Dp.DotProductBySelectedQuadruplet(c01, v, x0, 1);
                    c11 = Dp.DotProductBySelectedQuadruplet(c11, v, x1, 1);
                    c21 = Dp.DotProductBySelectedQuadruplet(c21, v, x2, 1);
                    c31 = Dp.DotProductBySelectedQuadruplet(c31, v, x3, 1);
                    v = AdvSimd.LoadVector128(w + 96);
                    c02 = Dp.DotProductBySelectedQuadruplet(c02, v, x0, 1);
                    c12 = Dp.DotProductBySelectedQuadruplet(c12, v, x1, 1);
                    c22 = Dp.DotProductBySelectedQuadruplet(c22, v, x2, 1);
                    c32 = Dp.DotProductBySelectedQuadruplet(c32, v, x3, 1);
                    v = AdvSimd.LoadVector128(w + 112);
                    c03 = Dp.DotProductBySelectedQuadruplet(c03, v, x0, 1);
                    c13 = Dp.DotProductBySelectedQuadruplet(c13, v, x1, 1);
                    c23 = Dp.DotProductBySelectedQuadruplet(c23, v, x2, 1);
                    c33 = Dp.DotProductBySelectedQuadruplet(c33, v, x3, 1);
                    w += 128;
                }
                while (--steps != 0);
                a0 += skip;
                a1 += skip;
                a2 += skip;
                a3 += skip;
            }
            while (--segments != 0);

            sbyte* y1 = y0 + outputTo1;
            sbyte* y2 = y1 + outputTo2;
            sbyte* y3 = y2 + outputTo3;
            if (TRounding.Mode == RoundingMode.Fused)
            {
                bool full = block->Columns == 16;
                Vector128<sbyte> least = block->Limits.Low;
                Vector128<sbyte> most = block->Limits.High;
                if (!full)
                {
                    y0 = block->Parts;
                    y1 = y0 + 16;
                    y2 = y1 + 16;
                    y3 = y2 + 16;
                }

                AdvSimd.Store(y0, NeonRequantization.FusedRow<TRounding>(constants, c00, c01, c02, c03, least, most));
                AdvSimd.Store(y1, NeonRequantization.FusedRow<TRounding>(constants, c10, c11, c12, c13, least, most));
                AdvSimd.Store(y2, NeonRequantization.FusedRow<TRounding>(constants, c20, c21, c22, c23, least, most));
                AdvSimd.Store(y3, NeonRequantization.FusedRow<TRounding>(constants, c30, c31, c32, c33, least, most));
                if (!full)
                    GemmBlock.StoreParts(block, block->Tile, Math.Min(block->RowsLeft, 4), 16);
            }
            else
            {
                Vector128<int> m0 = AdvSimd.LoadVector128(constants + 16);
                Vector128<int> m1 = AdvSimd.LoadVector128(constants + 20);
                Vector128<int> m2 = AdvSimd.LoadVector128(constants + 24);
                Vector128<int> m3 = AdvSimd.LoadVector128(constants + 28);
                Vector128<int> s0 = AdvSimd.LoadVector128(constants + 32);
                Vector128<int> s1 = AdvSimd.LoadVector128(constants + 36);
                Vector128<int> s2 = AdvSimd.LoadVector128(constants + 40);
                Vector128<int> s3 = AdvSimd.LoadVector128(constants + 44);
                NeonRequantization.Multiply<TRounding>(ref c00, ref c01, ref c02, ref c03, m0, m1, m2, m3, s0, s1, s2, s3);
                NeonRequantization.Multiply<TRounding>(ref c10, ref c11, ref c12, ref c13, m0, m1, m2, m3, s0, s1, s2, s3);
                NeonRequantization.Multiply<TRounding>(ref c20, ref c21, ref c22, ref c23, m0, m1, m2, m3, s0, s1, s2, s3);
                NeonRequantization.Multiply<TRounding>(ref c30, ref c31, ref c32, ref c33, m0, m1, m2, m3, s0, s1, s2, s3);
                NeonRequantization.Round<TRounding>(ref c00, ref c01, ref c02, ref c03, s0, s1, s2, s3);
                NeonRequantization.Round<TRounding>(ref c10, ref c11, ref c12, ref c13, s0, s1, s2, s3);
                NeonRequantization.Round<TRounding>(ref c20, ref c21, ref c22, ref c23, s0, s1, s2, s3);
                NeonRequantization.Round<TRounding>(ref c30, ref c31, ref c32, ref c33, s0, s1, s2, s3);
                Vector128<short> zeroPoint = block->Limits.ZeroPoint;
                Vector128<sbyte> low = block->Limits.Low;
                Vector128<sbyte> high = block->Limits.High;
                Vector128<sbyte> r0 = NeonRequantization.Limit<TRounding>(
                    NeonRequantization.NarrowUnzipped<TRounding>(c00, c01, zeroPoint), NeonRequantization.NarrowUnzipped<TRounding>(c02, c03, zeroPoint), low, high);
                Vector128<sbyte> r1 = NeonRequantization.Limit<TRounding>(
                    NeonRequantization.NarrowUnzipped<TRounding>(c10, c11, zeroPoint), NeonRequantization.NarrowUnzipped<TRounding>(c12, c13, zeroPoint), low, high);
                Vector128<sbyte> r2 = NeonRequantization.Limit<TRounding>(
                    NeonRequantization.NarrowUnzipped<TRounding>(c20, c21, zeroPoint), NeonRequantization.NarrowUnzipped<TRounding>(c22, c23, zeroPoint), low, high);
                Vector128<sbyte> r3 = NeonRequantization.Limit<TRounding>(
                    NeonRequantization.NarrowUnzipped<TRounding>(c30, c31, zeroPoint), NeonRequantization.NarrowUnzipped<TRounding>(c32, c33, zeroPoint), low, high);
                if (block->Columns == 16)
                {
                    AdvSimd.Store(y0, r0);
                    AdvSimd.Store(y1, r1);
                    AdvSimd.Store(y2, r2);
                    AdvSimd.Store(y3, r3);
                }
                else
                {
                    AdvSimd.Store(block->Parts, r0);
                    AdvSimd.Store(block->Parts + 16, r1);
                    AdvSimd.Store(block->Parts + 32, r2);
                    AdvSimd.Store(block->Parts + 48, r3);
                    GemmBlock.StoreParts(block, y0, Math.Min(block->RowsLeft, 4), 16);
                }
            }

            rows = block->RowsLeft - 4;
            if (rows <= 0)
                return;
            a0 = block->NextA;
            y0 = block->Tile + (4 * outputStride);
            if (rows < 4)
            {
                // The last tile begins earlier, and does rows again that the one before it did.
                a0 -= (4 - rows) * stride;
                y0 -= (4 - rows) * outputStride;
                rows = 4;
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
            byte* a1 = rows > 1 ? a0 + stride : a0;
            byte* a2 = rows > 2 ? a1 + stride : a1;
            byte* a3 = rows > 3 ? a2 + stride : a2;
            byte* a4 = rows > 4 ? a3 + stride : a3;
            byte* a5 = rows > 5 ? a4 + stride : a4;
            byte* a6 = rows > 6 ? a5 + stride : a5;
            byte* a7 = rows > 7 ? a6 + stride : a6;
            byte* next = a7 + stride;
            int* constants = (int*)block->Panel;
            Vector128<int> c00 = AdvSimd.LoadVector128(constants);
            Vector128<int> c01 = AdvSimd.LoadVector128(constants + 4);
            Vector128<int> c10 = c00, c11 = c01;
            Vector128<int> c20 = c00, c21 = c01;
            Vector128<int> c30 = c00, c31 = c01;
            Vector128<int> c40 = c00, c41 = c01;
            Vector128<int> c50 = c00, c51 = c01;
            Vector128<int> c60 = c00, c61 = c01;
            Vector128<int> c70 = c00, c71 = c01;
            sbyte* w = (sbyte*)(constants + 24);
            int segments = block->Segments;
            do
            {
                int steps = block->Steps;
                do
                {
                    Vector64<sbyte> x0 = AdvSimd.LoadVector64((sbyte*)a0);
                    Vector64<sbyte> x1 = AdvSimd.LoadVector64((sbyte*)a1);
                    Vector64<sbyte> x2 = AdvSimd.LoadVector64((sbyte*)a2);
                    Vector64<sbyte> x3 = AdvSimd.LoadVector64((sbyte*)a3);
                    Vector64<sbyte> x4 = AdvSimd.LoadVector64((sbyte*)a4);
                    Vector64<sbyte> x5 = AdvSimd.LoadVector64((sbyte*)a5);
                    Vector64<sbyte> x6 = AdvSimd.LoadVector64((sbyte*)a6);
                    Vector64<sbyte> x7 = AdvSimd.LoadVector64((sbyte*)a7);
                    a0 += 8;
                    a1 += 8;
                    a2 += 8;
                    a3 += 8;
                    a4 += 8;
                    a5 += 8;
                    a6 += 8;
                    a7 += 8;
                    Vector128<sbyte> v = AdvSimd.LoadVector128(w);
                    c00 = Dp.DotProductBySelectedQuadruplet(c00, v, x0, 0);
                    c10 = Dp.DotProductBySelectedQuadruplet(c10, v, x1, 0);
                    c20 = Dp.DotProductBySelectedQuadruplet(c20, v, x2, 0);
                    c30 = Dp.DotProductBySelectedQuadruplet(c30, v, x3, 0);
                    c40 = Dp.DotProductBySelectedQuadruplet(c40, v, x4, 0);
                    c50 = Dp.DotProductBySelectedQuadruplet(c50, v, x5, 0);
                    c60 = Dp.DotProductBySelectedQuadruplet(c60, v, x6, 0);
                    c70 = Dp.DotProductBySelectedQuadruplet(c70, v, x7, 0);
                    v = AdvSimd.LoadVector128(w + 16);
                    c01 = Dp.DotProductBySelectedQuadruplet(c01, v, x0, 0);
                    c11 = Dp.DotProductBySelectedQuadruplet(c11, v, x1, 0);
                    c21 = Dp.DotProductBySelectedQuadruplet(c21, v, x2, 0);
                    c31 = Dp.DotProductBySelectedQuadruplet(c31, v, x3, 0);
                    c41 = Dp.DotProductBySelectedQuadruplet(c41, v, x4, 0);
                    c51 = Dp.DotProductBySelectedQuadruplet(c51, v, x5, 0);
                    c61 = Dp.DotProductBySelectedQuadruplet(c61, v, x6, 0);
                    c71 = Dp.DotProductBySelectedQuadruplet(c71, v, x7, 0);
                    v = AdvSimd.LoadVector128(w + 32);
                    c00 = Dp.DotProductBySelectedQuadruplet(c00, v, x0, 1);
                    c10 = Dp.DotProductBySelectedQuadruplet(c10, v, x1, 1);
                    c20 = Dp.DotProductBySelectedQuadruplet(c20, v, x2, 1);
                    c30 = Dp.DotProductBySelectedQuadruplet(c30, v, x3, 1);
                    c40 = Dp.DotProductBySelectedQuadruplet(c40, v, x4, 1);
                    c50 = Dp.DotProductBySelectedQuadruplet(c50, v, x5, 1);
                    c60 = Dp.DotProductBySelectedQuadruplet(c60, v, x6, 1);
                    c70 = Dp.DotProductBySelectedQuadruplet(c70, v, x7, 1);
                    v = AdvSimd.LoadVector128(w + 48);
                    c01 = Dp.DotProductBySelectedQuadruplet(c01, v, x0, 1);
                    c11 = Dp.DotProductBySelectedQuadruplet(c11, v, x1, 1);
                    c21 = Dp.DotProductBySelectedQuadruplet(c21, v, x2, 1);
                    c31 = Dp.DotProductBySelectedQuadruplet(c31, v, x3, 1);
                    c41 = Dp.DotProductBySelectedQuadruplet(c41, v, x4, 1);
                    c51 = Dp.DotProductBySelectedQuadruplet(c51, v, x5, 1);
                    c61 = Dp.DotProductBySelectedQuadruplet(c61, v, x6, 1);
                    c71 = Dp.DotProductBySelectedQuadruplet(c71, v, x7, 1);
                    w += 64;
                }
                while (--steps != 0);
                a0 += skip;
                a1 += skip;
                a2 += skip;
                a3 += skip;
                a4 += skip;
                a5 += skip;
                a6 += skip;
                a7 += skip;
            }
            while (--segments != 0);

            sbyte* y1 = rows > 1 ? y0 + outputStride : y0;
            sbyte* y2 = rows > 2 ? y1 + outputStride : y1;
            sbyte* y3 = rows > 3 ? y2 + outputStride : y2;
            sbyte* y4 = rows > 4 ? y3 + outputStride : y3;
            sbyte* y5 = rows > 5 ? y4 + outputStride : y4;
            sbyte* y6 = rows > 6 ? y5 + outputStride : y5;
            sbyte* y7 = rows > 7 ? y6 + outputStride : y6;
            Vector128<int> m0 = AdvSimd.LoadVector128(constants + 8);
            Vector128<int> m1 = AdvSimd.LoadVector128(constants + 12);
            Vector128<int> s0 = AdvSimd.LoadVector128(constants + 16);
            Vector128<int> s1 = AdvSimd.LoadVector128(constants + 20);
            if (TRounding.Mode != RoundingMode.Fused)
            {
                NeonRequantization.Multiply<TRounding>(ref c00, ref c01, ref c10, ref c11, m0, m1, m0, m1, s0, s1, s0, s1);
                NeonRequantization.Multiply<TRounding>(ref c20, ref c21, ref c30, ref c31, m0, m1, m0, m1, s0, s1, s0, s1);
                NeonRequantization.Multiply<TRounding>(ref c40, ref c41, ref c50, ref c51, m0, m1, m0, m1, s0, s1, s0, s1);
                NeonRequantization.Multiply<TRounding>(ref c60, ref c61, ref c70, ref c71, m0, m1, m0, m1, s0, s1, s0, s1);
                NeonRequantization.Round<TRounding>(ref c00, ref c01, ref c10, ref c11, s0, s1, s0, s1);
                NeonRequantization.Round<TRounding>(ref c20, ref c21, ref c30, ref c31, s0, s1, s0, s1);
                NeonRequantization.Round<TRounding>(ref c40, ref c41, ref c50, ref c51, s0, s1, s0, s1);
                NeonRequantization.Round<TRounding>(ref c60, ref c61, ref c70, ref c71, s0, s1, s0, s1);
            }

            Vector128<short> zeroPoint = block->Limits.ZeroPoint;
            Vector64<sbyte> low = block->Limits.Low.GetLower();
            Vector64<sbyte> high = block->Limits.High.GetLower();
            Vector128<short> r00 = NeonRequantization.Finish<TRounding>(c00, c01, m0, m1, s0, s1, zeroPoint);
            Vector128<short> r10 = NeonRequantization.Finish<TRounding>(c10, c11, m0, m1, s0, s1, zeroPoint);
            Vector128<short> r20 = NeonRequantization.Finish<TRounding>(c20, c21, m0, m1, s0, s1, zeroPoint);
            Vector128<short> r30 = NeonRequantization.Finish<TRounding>(c30, c31, m0, m1, s0, s1, zeroPoint);
            Vector128<short> r40 = NeonRequantization.Finish<TRounding>(c40, c41, m0, m1, s0, s1, zeroPoint);
            Vector128<short> r50 = NeonRequantization.Finish<TRounding>(c50, c51, m0, m1, s0, s1, zeroPoint);
            Vector128<short> r60 = NeonRequantization.Finish<TRounding>(c60, c61, m0, m1, s0, s1, zeroPoint);
            Vector128<short> r70 = NeonRequantization.Finish<TRounding>(c70, c71, m0, m1, s0, s1, zeroPoint);
            if (block->Columns == 8)
            {
                AdvSimd.Store(y0, NeonRequantization.Limit<TRounding>(r00, low, high));
                AdvSimd.Store(y1, NeonRequantization.Limit<TRounding>(r10, low, high));
                AdvSimd.Store(y2, NeonRequantization.Limit<TRounding>(r20, low, high));
                AdvSimd.Store(y3, NeonRequantization.Limit<TRounding>(r30, low, high));
                AdvSimd.Store(y4, NeonRequantization.Limit<TRounding>(r40, low, high));
                AdvSimd.Store(y5, NeonRequantization.Limit<TRounding>(r50, low, high));
                AdvSimd.Store(y6, NeonRequantization.Limit<TRounding>(r60, low, high));
                AdvSimd.Store(y7, NeonRequantization.Limit<TRounding>(r70, low, high));
            }
            else
            {
                AdvSimd.Store(block->Parts, NeonRequantization.Limit<TRounding>(r00, low, high));
                AdvSimd.Store(block->Parts + 8, NeonRequantization.Limit<TRounding>(r10, low, high));
                AdvSimd.Store(block->Parts + 16, NeonRequantization.Limit<TRounding>(r20, low, high));
                AdvSimd.Store(block->Parts + 24, NeonRequantization.Limit<TRounding>(r30, low, high));
                AdvSimd.Store(block->Parts + 32, NeonRequantization.Limit<TRounding>(r40, low, high));
                AdvSimd.Store(block->Parts + 40, NeonRequantization.Limit<TRounding>(r50, low, high));
                AdvSimd.Store(block->Parts + 48, NeonRequantization.Limit<TRounding>(r60, low, high));
                AdvSimd.Store(block->Parts + 56, NeonRequantization.Limit<TRounding>(r70, low, high));
                GemmBlock.StoreParts(block, y0, Math.Min(rows, 8), 8);
            }

            a0 = next;
            y0 = y7 + outputStride;
            rows -= 8;
        }
        while (rows > 0);
    }
}
