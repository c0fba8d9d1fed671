using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace EdgeRuntime.Kernels.Int8;

/// <summary>How products of int8 become sums of int32 without dot product.</summary>
internal interface IProductSums
{
    /// <summary>Whether two products are added in int16 before they are widened.</summary>
    static abstract bool InPairs { get; }
}

/// <summary>
/// Products are added two by two in int16: exact unless both are (-128) * (-128), the only pair whose sum, 32768, leaves int16. So no two weights of a pair may be -128.
/// </summary>
internal readonly struct PairedProducts : IProductSums
{
    public static bool InPairs => true;
}

/// <summary>Each product is widened by itself: for any weights.</summary>
internal readonly struct SingleProducts : IProductSums
{
    public static bool InPairs => false;
}

/// <summary>The second product of a pair.</summary>
internal static class ProductSums
{
    /// <summary>Upper halves: added to the first product of its pair, or by itself.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<short> Upper<TSums>(Vector128<short> first, Vector128<sbyte> x, Vector128<sbyte> w)
        where TSums : struct, IProductSums =>
        TSums.InPairs ? AdvSimd.MultiplyWideningUpperAndAdd(first, x, w) : AdvSimd.MultiplyWideningUpper(x, w);

    /// <summary>Lower halves: added to the first product of its pair, or by itself.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<short> Lower<TSums>(Vector128<short> first, Vector64<sbyte> x, Vector64<sbyte> w)
        where TSums : struct, IProductSums =>
        TSums.InPairs ? AdvSimd.MultiplyWideningLowerAndAdd(first, x, w) : AdvSimd.MultiplyWideningLower(x, w);
}
