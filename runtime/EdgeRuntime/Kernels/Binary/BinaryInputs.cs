namespace EdgeRuntime.Kernels.Binary;

/// <summary>Positions of the inputs of BinaryConv2D, BinaryDepthwiseConv2D and BinaryFullyConnected.</summary>
internal static class BinaryInputs
{
    public const int X = 0;
    public const int Weights = 1;
    public const int Scales = 2;
    public const int Bias = 3;
    public const int Thresholds = 4;
    public const int Directions = 5;
    public const int Residual = 6;
    public const int Slopes = 7;
    public const int Magnitudes = 8;
}
