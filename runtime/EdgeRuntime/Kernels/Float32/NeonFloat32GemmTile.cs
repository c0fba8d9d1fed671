using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace EdgeRuntime.Kernels.Float32;

/// <summary>
/// Six rows by eight channels in NEON. Four depths of a row are one vector, of which fmla takes an element: 48 fmla need 6 loads of activations and 8 of weights, where a
/// broadcast for each activation would take a load and a copy more than every other fmla.
/// </summary>
internal static unsafe class NeonFloat32GemmTile
{
    private const int Width = 8;

    /// <summary>Sums of six rows, from the bias on, at the addresses of <paramref name="a"/>: eight channels of row after row.</summary>
    /// <param name="a">Six rows.</param>
    /// <param name="panel">Bias, then weights.</param>
    /// <param name="depth">Elements of a row.</param>
    /// <param name="sums">48 sums.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void SixRows(float** a, float* panel, int depth, float* sums)
    {
        float* a0 = a[0], a1 = a[1], a2 = a[2], a3 = a[3], a4 = a[4], a5 = a[5];
        float* w = panel + Width;
        Vector128<float> c00 = Vector128.Load(panel), c01 = Vector128.Load(panel + 4);
        Vector128<float> c10 = c00, c11 = c01, c20 = c00, c21 = c01, c30 = c00, c31 = c01, c40 = c00, c41 = c01, c50 = c00, c51 = c01;
        for (; depth >= 4; depth -= 4, w += 4 * Width)
        {
            Vector128<float> x0 = Vector128.Load(a0), x1 = Vector128.Load(a1), x2 = Vector128.Load(a2);
            Vector128<float> w0 = Vector128.Load(w), w1 = Vector128.Load(w + 4);
            Vector128<float> x3 = Vector128.Load(a3), x4 = Vector128.Load(a4), x5 = Vector128.Load(a5);
            Vector128<float> v0 = Vector128.Load(w + 8), v1 = Vector128.Load(w + 12);
            a0 += 4;
            a1 += 4;
            a2 += 4;
            a3 += 4;
            a4 += 4;
            a5 += 4;
            c00 = Add(c00, w0, x0, 0);
            c10 = Add(c10, w0, x1, 0);
            c20 = Add(c20, w0, x2, 0);
            c30 = Add(c30, w0, x3, 0);
            c40 = Add(c40, w0, x4, 0);
            c50 = Add(c50, w0, x5, 0);
            w0 = Vector128.Load(w + 16);
            c01 = Add(c01, w1, x0, 0);
            c11 = Add(c11, w1, x1, 0);
            c21 = Add(c21, w1, x2, 0);
            c31 = Add(c31, w1, x3, 0);
            c41 = Add(c41, w1, x4, 0);
            c51 = Add(c51, w1, x5, 0);
            w1 = Vector128.Load(w + 20);
            c00 = Add(c00, v0, x0, 1);
            c10 = Add(c10, v0, x1, 1);
            c20 = Add(c20, v0, x2, 1);
            c30 = Add(c30, v0, x3, 1);
            c40 = Add(c40, v0, x4, 1);
            c50 = Add(c50, v0, x5, 1);
            v0 = Vector128.Load(w + 24);
            c01 = Add(c01, v1, x0, 1);
            c11 = Add(c11, v1, x1, 1);
            c21 = Add(c21, v1, x2, 1);
            c31 = Add(c31, v1, x3, 1);
            c41 = Add(c41, v1, x4, 1);
            c51 = Add(c51, v1, x5, 1);
            v1 = Vector128.Load(w + 28);
            c00 = Add(c00, w0, x0, 2);
            c10 = Add(c10, w0, x1, 2);
            c20 = Add(c20, w0, x2, 2);
            c30 = Add(c30, w0, x3, 2);
            c40 = Add(c40, w0, x4, 2);
            c50 = Add(c50, w0, x5, 2);
            c01 = Add(c01, w1, x0, 2);
            c11 = Add(c11, w1, x1, 2);
            c21 = Add(c21, w1, x2, 2);
            c31 = Add(c31, w1, x3, 2);
            c41 = Add(c41, w1, x4, 2);
            c51 = Add(c51, w1, x5, 2);
            c00 = Add(c00, v0, x0, 3);
            c10 = Add(c10, v0, x1, 3);
            c20 = Add(c20, v0, x2, 3);
            c30 = Add(c30, v0, x3, 3);
            c40 = Add(c40, v0, x4, 3);
            c50 = Add(c50, v0, x5, 3);
            c01 = Add(c01, v1, x0, 3);
            c11 = Add(c11, v1, x1, 3);
            c21 = Add(c21, v1, x2, 3);
            c31 = Add(c31, v1, x3, 3);
            c41 = Add(c41, v1, x4, 3);
            c51 = Add(c51, v1, x5, 3);
        }

        for (; depth != 0; depth--, w += Width)
        {
            Vector128<float> w0 = Vector128.Load(w), w1 = Vector128.Load(w + 4);
            Vector128<float> x = Vector128.Create(*a0++);
            c00 = AdvSimd.FusedMultiplyAdd(c00, x, w0);
            c01 = AdvSimd.FusedMultiplyAdd(c01, x, w1);
            x = Vector128.Create(*a1++);
            c10 = AdvSimd.FusedMultiplyAdd(c10, x, w0);
            c11 = AdvSimd.FusedMultiplyAdd(c11, x, w1);
            x = Vector128.Create(*a2++);
            c20 = AdvSimd.FusedMultiplyAdd(c20, x, w0);
            c21 = AdvSimd.FusedMultiplyAdd(c21, x, w1);
            x = Vector128.Create(*a3++);
            c30 = AdvSimd.FusedMultiplyAdd(c30, x, w0);
            c31 = AdvSimd.FusedMultiplyAdd(c31, x, w1);
            x = Vector128.Create(*a4++);
            c40 = AdvSimd.FusedMultiplyAdd(c40, x, w0);
            c41 = AdvSimd.FusedMultiplyAdd(c41, x, w1);
            x = Vector128.Create(*a5++);
            c50 = AdvSimd.FusedMultiplyAdd(c50, x, w0);
            c51 = AdvSimd.FusedMultiplyAdd(c51, x, w1);
        }

        Vector128.Store(c00, sums);
        Vector128.Store(c01, sums + 4);
        Vector128.Store(c10, sums + 8);
        Vector128.Store(c11, sums + 12);
        Vector128.Store(c20, sums + 16);
        Vector128.Store(c21, sums + 20);
        Vector128.Store(c30, sums + 24);
        Vector128.Store(c31, sums + 28);
        Vector128.Store(c40, sums + 32);
        Vector128.Store(c41, sums + 36);
        Vector128.Store(c50, sums + 40);
        Vector128.Store(c51, sums + 44);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Add(Vector128<float> sum, Vector128<float> weights, Vector128<float> x, [ConstantExpected(Max = (byte)3)] byte element) =>
        AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(sum, weights, x, element);
}
