using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using EdgeRuntime.Compression.Import;
using EdgeRuntime.Compression.Import.TFLite;
using EdgeRuntime.Tests;

namespace EdgeRuntime.Compression.Tests.Golden;

/// <summary>A folder of golden data with its imported model.</summary>
internal sealed class GoldenFolder
{
    private readonly string folder;
    private readonly JsonElement root;

    public GoldenFolder(string name)
    {
        folder = TestData.Require("golden", name);
        root = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "tensors.json"))).RootElement;
        string path = TestData.Require("models", root.GetProperty("model").GetString()!.Split('/')[^1]);
        Assert.Equal(root.GetProperty("model_sha256").GetString(), Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path))));
        Imported = TFLiteImporter.Import(path);
    }

    public ImportedModel Imported { get; }

    public IReadOnlyList<JsonElement> Runs => [.. root.GetProperty("runs").EnumerateArray()];

    public IReadOnlyList<JsonElement> Tensors => [.. root.GetProperty("tensors").EnumerateArray()];

    public byte[] TensorsInput => Read(root.GetProperty("tensors_are_for_input").GetString()!);

    public byte[] Read(string file) => File.ReadAllBytes(Path.Combine(folder, file));

    public byte[] Unzip(string file)
    {
        using var zip = new GZipStream(File.OpenRead(Path.Combine(folder, file)), CompressionMode.Decompress);
        using var memory = new MemoryStream();
        zip.CopyTo(memory);
        return memory.ToArray();
    }
}
