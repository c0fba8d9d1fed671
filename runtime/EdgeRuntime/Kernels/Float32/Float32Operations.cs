using System.Runtime.CompilerServices;

namespace EdgeRuntime.Kernels.Float32;

/// <summary>What an elementwise operator, or a pool, does with two vectors.</summary>
internal interface IFloat32Operation
{
    /// <summary>Value before the first element of a pool.</summary>
    static abstract float Start { get; }

    /// <summary>The result for each pair of elements.</summary>
    static abstract TVector Apply<TLanes, TVector>(TVector a, TVector b)
        where TLanes : struct, IFloat32Lanes<TVector>
        where TVector : unmanaged;
}

/// <summary>a + b.</summary>
internal readonly struct Sum32 : IFloat32Operation
{
    public static float Start => 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Apply<TLanes, TVector>(TVector a, TVector b)
        where TLanes : struct, IFloat32Lanes<TVector>
        where TVector : unmanaged => TLanes.Add(a, b);
}

/// <summary>a - b.</summary>
internal readonly struct Difference32 : IFloat32Operation
{
    public static float Start => 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Apply<TLanes, TVector>(TVector a, TVector b)
        where TLanes : struct, IFloat32Lanes<TVector>
        where TVector : unmanaged => TLanes.MultiplyAdd(a, b, TLanes.Create(-1));
}

/// <summary>a * b.</summary>
internal readonly struct Product32 : IFloat32Operation
{
    public static float Start => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Apply<TLanes, TVector>(TVector a, TVector b)
        where TLanes : struct, IFloat32Lanes<TVector>
        where TVector : unmanaged => TLanes.Multiply(a, b);
}

/// <summary>The larger of a and b.</summary>
internal readonly struct Maximum32 : IFloat32Operation
{
    public static float Start => float.NegativeInfinity;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Apply<TLanes, TVector>(TVector a, TVector b)
        where TLanes : struct, IFloat32Lanes<TVector>
        where TVector : unmanaged => TLanes.Max(a, b);
}
