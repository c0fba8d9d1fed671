using EdgeRuntime.Compression.Import;
using EdgeRuntime.Compression.Import.Onnx;
using EdgeRuntime.Model;

namespace EdgeRuntime.Compression.Tests.Onnx;

/// <summary>Damaged ONNX files: each is refused by the importer's or the runtime's own exception, or imports, is prepared and runs inside its limits.</summary>
public class MutatedOnnxTests
{
    private static readonly PrepareOptions Limits = new() { MaxArenaBytes = 4 << 20 };

    [Theory]
    [Trait("Category", "Long")]
    [InlineData("float", 20_000)]
    [InlineData("qdq", 20_000)]
    [InlineData("shapes", 20_000)]
    public void Mutated_models_are_refused_or_run_in_bounded_memory(string name, int count)
    {
        byte[] original = name switch { "float" => Float(), "qdq" => Qdq(), _ => ShapeArithmetic() };
        var random = new Random(count);
        Assert.True(Runs(original));
        int refused = 0, ran = 0;
        long most = 0;
        for (int i = 0; i < count; i++)
        {
            byte[] bytes = [.. original];
            for (int k = random.Next(1, 5); k > 0; k--)
                Change(bytes, random);
            if (i % 40 == 0)
                bytes = bytes[..random.Next(bytes.Length)];
            long before = GC.GetAllocatedBytesForCurrentThread();
            if (Runs(bytes))
                ran++;
            else
                refused++;
            most = Math.Max(most, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.True(refused > count / 20 && ran > count / 50, $"{refused} refused, {ran} ran");
        Assert.True(most < 1L << 30, $"{most} bytes were allocated for one file of {original.Length}");
    }

    private static void Change(byte[] bytes, Random random)
    {
        int at = random.Next(bytes.Length);
        switch (random.Next(4))
        {
            case 0:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1:
                bytes[at] = (byte)random.Next(256);
                break;
            case 2:
                byte[] values = [0, 1, 2, 0x7F, 0x80, 0xFF, (byte)random.Next(20)];
                bytes[at] = values[random.Next(values.Length)];
                break;
            default:
                // Letters of operator and attribute names.
                bytes[at] = (byte)"abcdefghijklmnopqrstuvwxyz_ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"[random.Next(63)];
                break;
        }
    }

    private static bool Runs(byte[] bytes)
    {
        try
        {
            using EdgeModel model = OnnxImporter.Import(bytes, "mutated.onnx").Model;
            using PreparedModel prepared = model.Prepare(Limits);
            using Session session = prepared.CreateSession();
            session.Run();
            return true;
        }
        catch (Exception e) when (e is ImportException or EdgeModelException)
        {
            return false;
        }
    }

    private static byte[] Float()
    {
        var n = new OnnxNetwork();
        string a = n.Node("Relu", [n.Node("Conv", [n.Input(1, 2, 6, 6), n.Weights(3, 2, 3, 3), n.Weights(3)], ("pads", Ints(1, 1, 1, 1)), ("strides", Ints(1, 1)))]);
        string b = n.Node("BatchNormalization", [n.Node("MaxPool", [a], ("kernel_shape", Ints(2, 2)), ("strides", Ints(2, 2)), ("ceil_mode", 1)), n.Positive(3), n.Weights(3), n.Weights(3), n.Positive(3)]);
        string c = n.Node("Add", [b, n.Node("Conv", [b, n.Weights(3, 1, 3, 3)], ("group", 3), ("pads", Ints(1, 1, 1, 1)))]);
        return n.Build(n.Node("Softmax", [n.Node("Gemm", [n.Node("Flatten", [c]), n.Weights(4, 27), n.Weights(4)], ("transB", 1))]));
    }

    private static byte[] Qdq()
    {
        var n = new OnnxNetwork(13);
        string x = n.Pass(n.Input(1, 2, 4, 4), 0.01f, 0);
        string w = n.Node("DequantizeLinear", [n.Int8([.. n.RandomInts(36, 100).Select(v => (sbyte)v)], 2, 2, 3, 3), n.Floats([0.01f, 0.02f], 2), n.Int8([60, 0], 2)], ("axis", 0));
        string a = n.Pass(n.Node("Conv", [x, w], ("pads", Ints(1, 1, 1, 1))), 0.02f, -128);
        string b = n.Pass(n.Node("Mul", [a, n.Pass(n.Node("Sigmoid", [a]), 1 / 256f, -128)]), 0.02f, 3);
        return n.Build(n.Pass(n.Node("Concat", [b, n.Pass(n.Node("AveragePool", [b], ("kernel_shape", Ints(3, 3)), ("pads", Ints(1, 1, 1, 1))), 0.03f, 1)], ("axis", 1)), 0.02f, 0));
    }

    private static byte[] ShapeArithmetic()
    {
        var n = new OnnxNetwork();
        string x = n.Input(1, 2, 4, 4);
        string size = n.Node("Gather", [n.Node("Shape", [x]), n.Longs(0, 1)]);
        string doubled = n.Node("Mul", [n.Node("Slice", [n.Node("Shape", [x]), n.Longs(2), n.Longs(4), n.Longs(0)]), n.Longs(2, 2)]);
        string r = n.Node("Resize", [x, "", "", n.Node("Concat", [size, n.Node("Cast", [n.Node("Floor", [n.Node("Cast", [doubled], ("to", 1))])], ("to", 7))], ("axis", 0))], ("mode", "linear"));
        string p = n.Node("Pad", [r, n.Node("Concat", [n.Longs(0, 0, 1, 1), n.Node("Cast", [n.Node("ConstantOfShape", [n.Longs(4)])], ("to", 7))], ("axis", 0))]);
        string[] parts = n.Nodes("Split", [n.Node("Transpose", [p], ("perm", Ints(0, 2, 3, 1)))], 2, "", ("axis", 3));
        string s = n.Node("Slice", [parts[0], n.Longs(1, -1), n.Longs(7, -100), n.Longs(1, 2), n.Longs(2, -1)]);
        return n.Build(n.Node("ReduceMean", [n.Node("Unsqueeze", [n.Node("Squeeze", [s, n.Longs(0)]), n.Longs(0, 3)])], ("axes", Ints(1)), ("keepdims", 0)));
    }

    private static int[] Ints(params int[] values) => values;
}
