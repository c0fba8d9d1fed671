using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels.Binary.Conv2D;

/// <summary>The NEON convolution for each lane width, border and output.</summary>
internal static class NeonBinaryConv2DEntries
{
    public static IReadOnlyList<KernelEntry> Entries { get; } =
    [
        new("binary.conv2d.neon", OperatorKind.BinaryConv2D, CpuFeatures.AdvSimd, Supports, Create),
        new("binary.fully-connected.neon", OperatorKind.BinaryFullyConnected, CpuFeatures.AdvSimd, Supports, Create),
    ];

    private static bool Supports(KernelRequest request)
    {
        var geometry = new BinaryGeometry(request);
        var output = new BinaryOutput(request, geometry.Products, geometry.OutChannels);
        return BinaryConv2DPlan.Supports(geometry, output);
    }

    private static Kernel Create(KernelRequest request)
    {
        var geometry = new BinaryGeometry(request);
        var output = new BinaryOutput(request, geometry.Products, geometry.OutChannels);
        return (DataTypes.WordsFor(geometry.GroupIn) % 4) switch
        {
            0 => Create<NeonLanes128>(request, new BinaryConv2DPlan(geometry, output.Type, 16, 16), output),
            2 => Create<NeonLanes64>(request, new BinaryConv2DPlan(geometry, output.Type, 8, 16), output),
            _ => Create<NeonLanes32>(request, new BinaryConv2DPlan(geometry, output.Type, 4, 16), output),
        };
    }

    private static Kernel Create<TLanes>(KernelRequest request, BinaryConv2DPlan plan, BinaryOutput output)
        where TLanes : struct, INeonLanes =>
        plan.Geometry.ZeroPadding ? Create<TLanes, StartAtBorder>(request, plan, output) : Create<TLanes, StartAtZero>(request, plan, output);

    private static Kernel Create<TLanes, TStart>(KernelRequest request, BinaryConv2DPlan plan, BinaryOutput output)
        where TLanes : struct, INeonLanes
        where TStart : struct, IBlockStart
    {
        if (plan.Geometry.Positions < BinaryConv2DPlan.TilePixels)
        {
            return output.Type switch
            {
                DataType.Bit => new NeonBinaryRow<TLanes, TStart, NeonBitOutput>(request, plan, output),
                DataType.Int8 => new NeonBinaryRow<TLanes, TStart, NeonInt8ResidualOutput<Perhaps, Perhaps>>(request, plan, output),
                _ => new NeonBinaryRow<TLanes, TStart, NeonFloatResidualOutput<ByConversion, Perhaps, Perhaps, With>>(request, plan, output),
            };
        }

        // Cortex-A76 is the core with dot products.
        return (request.Features & CpuFeatures.Dp) != 0 ? CreateTiles<TLanes, TStart, ByExponent>(request, plan, output) : CreateTiles<TLanes, TStart, ByConversion>(request, plan, output);
    }

    private static Kernel CreateTiles<TLanes, TStart, TConversion>(KernelRequest request, BinaryConv2DPlan plan, BinaryOutput output)
        where TLanes : struct, INeonLanes
        where TStart : struct, IBlockStart
        where TConversion : struct, IPopcountToFloat
    {
        bool isActive = output.Slopes is not null || output.Activation != Activation.None;
        return (output.Type, output.HasResidual, output.HasSigns) switch
        {
            (DataType.Bit, _, _) => new NeonBinaryConv2D<TLanes, TStart, NeonBitOutput>(request, plan, output),
            (DataType.Int8, true, true) => new NeonBinaryConv2D<TLanes, TStart, NeonInt8ResidualOutput<With, With>>(request, plan, output),
            (DataType.Int8, true, false) => new NeonBinaryConv2D<TLanes, TStart, NeonInt8ResidualOutput<With, Without>>(request, plan, output),
            (DataType.Int8, false, true) => new NeonBinaryConv2D<TLanes, TStart, NeonInt8ResidualOutput<Without, With>>(request, plan, output),
            (DataType.Int8, _, _) => output.ClampsAccumulator
                ? new NeonBinaryConv2D<TLanes, TStart, NeonInt8ResidualOutput<Without, Without>>(request, plan, output)
                : new NeonBinaryConv2D<TLanes, TStart, NeonInt8Output>(request, plan, output),
            (_, true, true) when !isActive => new NeonBinaryConv2D<TLanes, TStart, NeonFloatResidualOutput<TConversion, With, With, Without>>(request, plan, output),
            (_, true, false) when !isActive => new NeonBinaryConv2D<TLanes, TStart, NeonFloatResidualOutput<TConversion, With, Without, Without>>(request, plan, output),
            (_, false, false) when !isActive && !output.ClampsAccumulator => new NeonBinaryConv2D<TLanes, TStart, NeonFloatOutput<TConversion>>(request, plan, output),
            _ => new NeonBinaryConv2D<TLanes, TStart, NeonFloatResidualOutput<TConversion, Perhaps, Perhaps, With>>(request, plan, output),
        };
    }
}
