using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text.Json;
using EdgeRuntime.Model;

namespace EdgeRuntime.Tests.Golden;

/// <summary>One model of the golden data: its operators, tensors and constants.</summary>
internal sealed class GoldenModel : IDisposable
{
    private readonly string folder;
    private readonly JsonDocument document;
    private readonly TfliteConstants constants;
    private readonly Dictionary<int, JsonElement> tensors = [];

    public GoldenModel(string name)
    {
        folder = TestData.Require("golden", name);
        document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "tensors.json")));
        string file = document.RootElement.GetProperty("model").GetString()!.Split('/')[^1];
        constants = new TfliteConstants(TestData.Require("models", file));
        foreach (JsonElement t in document.RootElement.GetProperty("tensors").EnumerateArray())
            tensors.Add(t.GetProperty("index").GetInt32(), t);
    }

    public IReadOnlyList<JsonElement> Operators => [.. document.RootElement.GetProperty("operators").EnumerateArray()];

    public byte[] Bytes(int tensor)
    {
        using var zip = new GZipStream(File.OpenRead(Path.Combine(folder, tensors[tensor].GetProperty("file").GetString()!)), CompressionMode.Decompress);
        using var memory = new MemoryStream();
        zip.CopyTo(memory);
        return memory.ToArray();
    }

    public TensorInfo Activation(int tensor)
    {
        JsonElement t = tensors[tensor];
        int[] dims = [.. t.GetProperty("shape").EnumerateArray().Select(d => d.GetInt32())];
        var quantization = new Quantization(t.GetProperty("scale").GetSingle(), t.GetProperty("zero_point").GetInt32());
        return new TensorInfo(t.GetProperty("name").GetString()!, DataType.Int8, new Shape(dims), quantization);
    }

    public TensorInfo Weights(int tensor, int axis)
    {
        float[] scales = constants.Scales(tensor);
        Quantization quantization = scales.Length == 1 ? new Quantization(scales[0], 0) : new Quantization(scales, new int[scales.Length], axis);
        return new TensorInfo("weights", DataType.Int8, new Shape(constants.Shape(tensor)), quantization, constants.Data(tensor));
    }

    public TensorInfo Bias(int tensor) => new("bias", DataType.Int32, new Shape(constants.Shape(tensor)), null, constants.Data(tensor));

    public int[] Integers(int tensor) => MemoryMarshal.Cast<byte, int>(constants.Data(tensor)).ToArray();

    public void Dispose() => document.Dispose();
}
