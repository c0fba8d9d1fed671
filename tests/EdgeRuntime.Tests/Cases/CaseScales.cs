using EdgeRuntime.Model;

namespace EdgeRuntime.Tests.Cases;

/// <summary>Sizes and scales of outputs, written down apart from the runtime's own.</summary>
internal static class CaseScales
{
    /// <summary>
    /// Scale at which sums of products of random int8 values fill the int8 range and now and then leave it: two standard deviations at 127.
    /// </summary>
    public static float Output(float inputScale, float weightScale, int products) =>
        inputScale * weightScale * MathF.Sqrt(products) * 85 * 85 * 2 / 127;

    /// <summary>Output positions along one axis.</summary>
    public static int Size(int input, int filter, int stride, int dilation, PaddingMode mode, int pads) => mode switch
    {
        PaddingMode.Same => (input + stride - 1) / stride,
        PaddingMode.Explicit => (input + pads - (filter - 1) * dilation - 1) / stride + 1,
        _ => (input - (filter - 1) * dilation - 1) / stride + 1,
    };
}
