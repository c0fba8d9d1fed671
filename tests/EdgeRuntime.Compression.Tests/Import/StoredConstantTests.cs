using System.Buffers.Binary;
using EdgeRuntime.Compression.Import;
using EdgeRuntime.Compression.Import.TFLite;

namespace EdgeRuntime.Compression.Tests.Import;

/// <summary>Weights that a file holds as FLOAT16 or INT8 behind a DEQUANTIZE operator.</summary>
public class StoredConstantTests
{
    private const int Dequantize = 6;
    private const int FullyConnected = 9;
    private const byte Float16 = 1;
    private static readonly float[] Weights = [0.5f, -1, 2, 0.25f, 3, 0, -0.75f, 1.5f, 4, -2, 1, 0.125f];
    private static readonly float[] X = [1, -2, 0.5f, 4];

    [Fact]
    public void Float16_weights_become_float32()
    {
        byte[] data = new byte[2 * Weights.Length];
        for (int i = 0; i < Weights.Length; i++)
            BinaryPrimitives.WriteHalfLittleEndian(data.AsSpan(2 * i), (Half)Weights[i]);
        Gives(new FileTensor("stored", Float16, [3, 4]) { Data = data });
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Int8_weights_with_scales_become_float32(int axis)
    {
        // One scale for each row, or for each column.
        float[] scales = axis == 0 ? [0.125f, 0.25f, 0.125f] : [0.25f, 0.5f, 0.25f, 0.125f];
        byte[] data = [.. Weights.Select((w, i) => (byte)(sbyte)MathF.Round(w / scales[axis == 0 ? i / 4 : i % 4]))];
        float[] kept = [.. data.Select((q, i) => (sbyte)q * scales[axis == 0 ? i / 4 : i % 4])];
        Gives(new FileTensor("stored", TFLiteFile.Int8, [3, 4]) { Data = data, Scales = scales, ZeroPoints = new long[scales.Length], Axis = axis }, kept);
    }

    [Fact]
    public void Weights_of_another_size_are_named()
    {
        var e = Assert.Throws<ImportException>(() => Gives(new FileTensor("stored", Float16, [3, 4]) { Data = new byte[22] }));
        Assert.Contains("FLOAT16", e.Message, StringComparison.Ordinal);
        Assert.Contains("'stored'", e.Message, StringComparison.Ordinal);
    }

    private static void Gives(FileTensor stored, float[]? weights = null)
    {
        weights ??= Weights;
        var file = new OperatorFile(int8: false);
        int x = file.Input([1, 4], X);
        int w = file.File.Add(stored);
        int expanded = file.File.Add(new FileTensor("expanded", TFLiteFile.Float32, [3, 4]));
        file.File.Operator(Dequantize, [w], [expanded]);
        file.File.Operator(FullyConnected, [x, expanded], [file.Output(1, 3)], new Options(8, (0, (byte)0)));
        file.Gives([.. Enumerable.Range(0, 3).Select(o => X.Select((v, i) => v * weights[(4 * o) + i]).Sum())]);
    }
}
