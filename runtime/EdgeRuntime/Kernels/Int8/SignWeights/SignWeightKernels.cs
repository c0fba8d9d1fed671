using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels.Int8;

/// <summary>Entries of int8 layers whose kernels read one-bit weights.</summary>
internal static class SignWeightKernels
{
    /// <summary>Rows from which on int8 weights, which rows share, are the faster ones.</summary>
    private const int MostRows = 2;

    /// <summary>Outputs from which on what look-ups save pays for the tables, on any core.</summary>
    private const int LeastOutputs = 64;

    public static IReadOnlyList<KernelEntry> Entries { get; } =
    [
        new("int8.fullyconnected.signs.neon", OperatorKind.FullyConnected, CpuFeatures.AdvSimd, Supports, Create) { ReadsBits = true },
    ];

    private static bool Supports(KernelRequest r)
    {
        int outputs = r.Input(1).Shape[0];
        return r.Input(0).Type == DataType.Int8 && r.Output().Type == DataType.Int8 && outputs >= LeastOutputs && r.Output().Shape.ElementCount / outputs <= MostRows;
    }

    private static Kernel Create(KernelRequest r)
    {
        OutputScaling scaling = OutputScaling.Of(r, r.Input(1).Shape[0], r.Options<ActivationOptions>().Activation);
        return ChannelScaling.Create(scaling, new Factory(r, scaling));
    }

    private sealed class Factory(KernelRequest r, OutputScaling scaling) : IRoundedKernelFactory
    {
        public Kernel Create<TRounding>()
            where TRounding : struct, IRounding => new SignFullyConnectedKernel<TRounding>(r, scaling);
    }
}
