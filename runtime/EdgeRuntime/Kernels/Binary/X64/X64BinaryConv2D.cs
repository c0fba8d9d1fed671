using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using EdgeRuntime.Kernels.Binary.Conv2D;
using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels.Binary.X64;

/// <summary>
/// Binary convolution and fully connected layer on a PC: four pixels by eight filters, and the output transform in vectors of eight filters. <see cref="BinaryOutput"/> defines the
/// transform; its int8 form stays within 32 bits: |product| &lt; 2^30, |offset| and |residual| &lt;= 2^29.
/// </summary>
internal sealed unsafe class X64BinaryConv2D<TPopcounts>(KernelRequest request, BinaryConv2DPlan plan, BinaryOutput output)
    : BlockedBinaryConv2D(request, plan, output, new X64BinaryConstants())
    where TPopcounts : struct, IX64Popcounts
{
    /// <summary>Bytes of a chunk.</summary>
    private const int Lane = 8;

    public static KernelEntry Entry(string name, OperatorKind kind, CpuFeatures requires) => new(
        name,
        kind,
        requires,
        r =>
        {
            var geometry = new BinaryGeometry(r);
            return DataTypes.WordsFor(geometry.GroupIn) % 2 == 0 && BinaryConv2DPlan.Supports(geometry, new BinaryOutput(r, geometry.Products, geometry.OutChannels));
        },
        r =>
        {
            var geometry = new BinaryGeometry(r);
            var output = new BinaryOutput(r, geometry.Products, geometry.OutChannels);
            return new X64BinaryConv2D<TPopcounts>(r, new BinaryConv2DPlan(geometry, output.Type, Lane, Lane), output);
        });

    protected override void RunTiles(BlockArguments* block)
    {
        Vector256<int>* counts = stackalloc Vector256<int>[BinaryConv2DPlan.TilePixels];
        byte* x = block->Input;
        nint* at = block->PixelOffsets;
        for (int pixel = 0; pixel < block->Pixels; pixel += BinaryConv2DPlan.TilePixels)
        {
            int left = block->Pixels - pixel;
            if (left == 1)
            {
                counts[0] = TPopcounts.One(block, x + at[pixel]);
            }
            else
            {
                // Pixels past the last one repeat it.
                int last = Math.Min(left, BinaryConv2DPlan.TilePixels) - 1;
                TPopcounts.Four(block, x + at[pixel], x + at[pixel + 1], x + at[pixel + Math.Min(2, last)], x + at[pixel + last], counts);
            }

            for (int i = 0; i < Math.Min(left, BinaryConv2DPlan.TilePixels); i++)
                Finish(block, pixel + i, counts[i]);
        }
    }

    private void Finish(BlockArguments* block, int pixel, Vector256<int> count)
    {
        if (block->Starts != null)
            count += Avx2.ConvertToVector256Int32((short*)(block->Starts + block->StartOffsets[pixel]));
        Vector256<int> accumulator = Vector256.Create(Output.Products) - (count + count);
        if (Output.ClampsAccumulator)
            accumulator = Vector256.Max(accumulator, Vector256<int>.Zero);
        nint at = pixel * block->OutputStride;
        byte* constants = block->Constants;
        uint signs;
        if (Output.Type == DataType.Bit)
        {
            block->Output[at] = (byte)(Below(accumulator, Vector256.Load((int*)constants)) ^ *(uint*)(constants + X64BinaryConstants.Directions));
            return;
        }

        if (Output.Type == DataType.Int8)
        {
            Vector256<int> y = Int8(accumulator, constants, block->Residual == null ? null : (sbyte*)block->Residual + at);
            Vector128<short> words = Sse2.PackSignedSaturate(y.GetLower(), y.GetUpper());
            *(long*)(block->Output + at) = Sse2.PackSignedSaturate(words, words).AsInt64().ToScalar();
            signs = Below(y, Vector256.Load((int*)constants));
        }
        else
        {
            Vector256<float> y = Float(accumulator, constants, block->Residual == null ? null : (float*)(block->Residual + at));
            Vector256.Store(y, (float*)(block->Output + at));
            signs = Vector256.LessThan(y, Vector256.Load((float*)constants)).ExtractMostSignificantBits();
        }

        if (block->Signs != null)
            block->Signs[pixel * block->SignStride] = (byte)(signs ^ *(uint*)(constants + X64BinaryConstants.Directions));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Below(Vector256<int> value, Vector256<int> threshold) => Vector256.LessThan(value, threshold).ExtractMostSignificantBits();

    private Vector256<int> Int8(Vector256<int> accumulator, byte* constants, sbyte* residual)
    {
        Vector256<int> t = ((Vector256.Create(Output.Products) - accumulator) << Output.Shift) * Vector256.Load((int*)(constants + X64BinaryConstants.Multipliers));
        t += Vector256.Load((int*)(constants + X64BinaryConstants.Offsets));
        if (residual != null)
            t += ((Avx2.ConvertToVector256Int32(residual) - Vector256.Create(Output.ResidualZeroPoint)) << Output.ResidualShift) * Vector256.Create((int)Output.ResidualMultiplier);
        t = (t + Vector256.Create(1 << 15)) >> 16;
        return Vector256.Min(Vector256.Max(t, Vector256.Create(Output.Int8Low)), Vector256.Create(Output.Int8High));
    }

    private Vector256<float> Float(Vector256<int> accumulator, byte* constants, float* residual)
    {
        Vector256<float> half = Vector256.ConvertToSingle(Vector256.Create(Output.Products) - accumulator) * 0.5f;
        Vector256<float> y = Fma.MultiplyAdd(
            half, Vector256.Load((float*)(constants + X64BinaryConstants.Multipliers)), Vector256.Load((float*)(constants + X64BinaryConstants.Offsets)));
        if (!Output.ActivationLast)
            y = Activate(y, constants);
        if (residual != null)
            y += Vector256.Load(residual);
        return Output.ActivationLast ? Activate(y, constants) : y;
    }

    private Vector256<float> Activate(Vector256<float> y, byte* constants)
    {
        if (Output.Slopes is not null)
            return Vector256.ConditionalSelect(Vector256.LessThan(y, Vector256<float>.Zero), y * Vector256.Load((float*)(constants + X64BinaryConstants.Slopes)), y);
        Vector256<float> low = Vector256.Create(Output.Low), high = Vector256.Create(Output.High);
        y = Vector256.ConditionalSelect(Vector256.LessThan(y, low), low, y);
        return Vector256.ConditionalSelect(Vector256.GreaterThan(y, high), high, y);
    }
}
