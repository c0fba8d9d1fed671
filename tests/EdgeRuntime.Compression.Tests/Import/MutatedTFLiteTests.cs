using EdgeRuntime.Compression.Import;
using EdgeRuntime.Compression.Import.TFLite;
using EdgeRuntime.Model;
using EdgeRuntime.Tests;

namespace EdgeRuntime.Compression.Tests.Import;

/// <summary>Mutated .tflite files: each is refused by the importer's or the runtime's own exception, or imports, is prepared and runs inside its limits.</summary>
public class MutatedTFLiteTests
{
    private static readonly PrepareOptions Limits = new() { MaxArenaBytes = 4 << 20 };

    [Theory]
    [Trait("Category", "Long")]
    [InlineData("pretrainedResnet_quant.tflite", 60_000)]
    [InlineData("person_detect.tflite", 20_000)]
    [InlineData("vww_96_float.tflite", 10_000)]
    [InlineData("vww_96_int8.tflite", 10_000)]
    public void Mutated_models_are_refused_or_prepared(string name, int count)
    {
        byte[] original = File.ReadAllBytes(TestData.Require("models", name));
        var random = new Random(count);
        int refused = 0, prepared = 0;
        for (int n = 0; n < count; n++)
        {
            byte[] bytes = [.. original];
            for (int k = random.Next(1, 6); k > 0; k--)
                Change(bytes, random);
            if (n % 50 == 0)
                bytes = bytes[..random.Next(bytes.Length)];

            // Inference takes most of the time; one in 200 of those that import is run.
            if (ImportsAndPrepares(bytes, run: n % 200 == 1))
                prepared++;
            else
                refused++;
        }

        Assert.True(refused > count / 20 && prepared > count / 20, $"{refused} refused, {prepared} prepared");
    }

    /// <summary>Files with Larq's custom operators, whose packed tensors and options no schema describes.</summary>
    [Fact]
    [Trait("Category", "Long")]
    public void Mutated_binary_models_are_refused_or_prepared()
    {
        const int Count = 10_000, Side = 6, In = 40, Middle = 16;
        var file = new LarqFile(int8: false);
        int packed = file.Packed(Side, Side, Middle), pooled = file.Packed(Side / 2, Side / 2, Middle), ones = file.Floats([.. Enumerable.Repeat(1f, 8)]);
        int bits = file.Quantize(file.Operators.Ramp(1, Side, Side, In), Side, Side, In);
        file.Convolve([bits, file.Weights([Middle, 3, 3, In], LarqFile.Signs(Middle * 9 * In, 5)), -1, -1, file.File.Ints(new int[Middle])], packed, LarqFile.With(("channels_in", In)));
        file.File.Operator(LarqFile.Custom, [packed], [pooled], custom: "LceBMaxPool2d", customOptions: FlexMap.Write(
            [("filter_height", 2), ("filter_width", 2), ("padding", 1), ("stride_height", 2), ("stride_width", 2)]));
        file.Convolve([pooled, file.Weights([8, 3, 3, Middle], LarqFile.Signs(8 * 9 * Middle, 6)), ones, ones, -1], file.Operators.Output(1, Side / 2, Side / 2, 8), LarqFile.With(("channels_in", Middle)));
        byte[] original = file.File.Build();
        Assert.True(ImportsAndPrepares(original, run: true));
        var random = new Random(Count);
        int refused = 0, prepared = 0;
        for (int n = 0; n < Count; n++)
        {
            byte[] bytes = [.. original];
            for (int k = random.Next(1, 4); k > 0; k--)
                Change(bytes, random);
            if (ImportsAndPrepares(bytes, run: n % 20 == 1))
                prepared++;
            else
                refused++;
        }

        Assert.True(refused > Count / 20 && prepared > Count / 20, $"{refused} refused, {prepared} prepared");
    }

    /// <summary>Changes bytes, more often where the tables are than in the weights: FlatBuffers puts the graph at one end, small values everywhere in it.</summary>
    private static void Change(byte[] bytes, Random random)
    {
        int span = Math.Min(bytes.Length, 30_000);
        int at = random.Next(3) switch
        {
            0 => random.Next(span),
            1 => bytes.Length - 1 - random.Next(span),
            _ => random.Next(bytes.Length),
        };
        switch (random.Next(3))
        {
            case 0:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1:
                bytes[at] = (byte)random.Next(256);
                break;
            default:
                int[] values = [0, 1, -1, int.MaxValue, int.MinValue, bytes.Length, 255, random.Next(100)];
                BitConverter.TryWriteBytes(bytes.AsSpan(Math.Min(at & ~3, bytes.Length - 4)), values[random.Next(values.Length)]);
                break;
        }
    }

    private static bool ImportsAndPrepares(byte[] bytes, bool run)
    {
        try
        {
            using EdgeModel model = TFLiteImporter.Import(bytes, "mutated.tflite").Model;
            using PreparedModel prepared = model.Prepare(Limits);
            if (run)
            {
                using Session session = prepared.CreateSession();
                session.Run();
            }

            return true;
        }
        catch (Exception e) when (e is ImportException or EdgeModelException)
        {
            return false;
        }
    }
}
