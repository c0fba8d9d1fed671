using System.Security.Cryptography;
using System.Text.Json;

namespace EdgeRuntime.Compression.Tests.Golden;

/// <summary>Imported int8 models against TensorFlow Lite Micro's reference kernels: every bit of every output and of every intermediate tensor.</summary>
public class GoldenModelTests
{
    /// <summary>Emulated cores run reference kernels of the large network on fewer inputs: they are portable code, and slow there.</summary>
    private static bool Emulated => Environment.GetEnvironmentVariable("EDGE_TEST_CORE") is { Length: > 0 };

    public static TheoryData<string, bool> Models()
    {
        var data = new TheoryData<string, bool>();
        foreach (string name in (string[])["resnet8_int8", "vww_96_int8", "person_detect", "mobilenet_v2_int8"])
        {
            data.Add(name, false);
            data.Add(name, true);
        }

        return data;
    }

    /// <summary>On emulated cores the large network's intermediate tensors are compared with the optimised kernels only, for time.</summary>
    public static TheoryData<string, bool> ModelsWithTensors()
    {
        var data = new TheoryData<string, bool>();
        foreach ((string name, bool reference) in Models().Select(row => row.Data))
        {
            if (!(Emulated && reference && name == "mobilenet_v2_int8"))
                data.Add(name, reference);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Outputs_are_golden_to_the_bit(string name, bool reference)
    {
        var golden = new GoldenFolder(name);

        // Through the file format, as a user's model goes.
        using EdgeModel model = EdgeModel.Load(golden.Imported.Model.ToBytes());
        using PreparedModel prepared = model.Prepare(new PrepareOptions { ReferenceKernels = reference });
        using Session session = prepared.CreateSession();
        IEnumerable<JsonElement> runs = golden.Runs;
        if (Emulated && reference && name == "mobilenet_v2_int8")
            runs = golden.Runs.TakeLast(1);
        foreach (JsonElement run in runs)
        {
            golden.Read(run.GetProperty("file").GetString()!).CopyTo(session.Input<byte>());
            session.Run();
            string expected = Convert.ToHexString(golden.Read(run.GetProperty("output").GetString()!));
            Assert.True(expected == Convert.ToHexString(session.Output<byte>()), $"{name} {run.GetProperty("file")}: expected {expected}, got {Convert.ToHexString(session.Output<byte>())}");
        }
    }

    [Theory]
    [MemberData(nameof(ModelsWithTensors))]
    public void Intermediate_tensors_are_golden_to_the_bit(string name, bool reference)
    {
        var golden = new GoldenFolder(name);
        using PreparedModel prepared = golden.Imported.Model.Prepare(new PrepareOptions { ReferenceKernels = reference, KeepIntermediates = true });
        using Session session = prepared.CreateSession();
        golden.TensorsInput.CopyTo(session.Input<byte>());
        session.Run();
        int compared = 0;
        foreach (JsonElement tensor in golden.Tensors)
        {
            int index = golden.Imported.TensorIndices[tensor.GetProperty("index").GetInt32()];
            Assert.True(index >= 0, $"tensor {tensor.GetProperty("index")} of {name} was not imported");
            byte[] expected = golden.Unzip(tensor.GetProperty("file").GetString()!);
            Assert.Equal(tensor.GetProperty("sha256").GetString(), Convert.ToHexStringLower(SHA256.HashData(expected)));
            ReadOnlySpan<byte> actual = session.Tensor(index);
            int same = actual.CommonPrefixLength(expected);
            Assert.True(
                same == expected.Length && same == actual.Length,
                $"{name}, tensor {tensor.GetProperty("index")} '{tensor.GetProperty("name")}' of operator {tensor.GetProperty("produced_by_op")} differs from byte {same} on");
            compared++;
        }

        Assert.Equal(golden.Tensors.Count, compared);
    }
}
