using EdgeRuntime.Model;
using EdgeRuntime.Onnx;
using Google.Protobuf;

namespace EdgeRuntime.Compression.Import.Onnx;

/// <summary>
/// Reads ONNX models (operator sets 11 and later) with fixed shapes: float32, or int8 in either form of ONNX's quantization, QuantizeLinear and DequantizeLinear
/// around float operators (QDQ) and operators on integers (QLinearConv and its kin). Channels become the last dimension; uint8 activations become int8.
/// </summary>
public static class OnnxImporter
{
    /// <summary>Largest file that is read.</summary>
    public const long MaxFileBytes = 1L << 29;

    /// <summary>Earliest version of the standard operator set.</summary>
    public const int FirstOperatorSet = 11;

    /// <summary>Deepest nesting of messages; an attribute's tensor lies at depth 5.</summary>
    private const int MaxDepth = 32;

    /// <summary>Imports a file.</summary>
    /// <exception cref="ImportException">The file cannot be read, is damaged, or uses something that is not supported.</exception>
    public static ImportedModel Import(string path, ImportOptions? options = null) =>
        Import(ModelFile.Read(path, MaxFileBytes), Path.GetFileName(path), options);

    /// <summary>Imports a file that is in memory.</summary>
    /// <param name="bytes">The file.</param>
    /// <param name="fileName">Name of the file, for the metadata.</param>
    /// <param name="options">What the file does not say.</param>
    /// <exception cref="ImportException">The file is damaged, or uses something that is not supported.</exception>
    public static ImportedModel Import(byte[] bytes, string fileName, ImportOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        options ??= new ImportOptions();
        try
        {
            ModelProto model = Parse(bytes);
            var conversion = new OnnxConversion(model.Graph, OperatorSet(model));
            Graph graph = conversion.Convert();
            string description = model.DocString.Length > 0 ? model.DocString : model.Graph.DocString;
            return new ImportedModel(ModelFile.Describe(graph, bytes, fileName, description, options), [], conversion.Notes);
        }
        catch (EdgeModelException e)
        {
            throw ImportException.Of(e);
        }
    }

    private static ModelProto Parse(byte[] bytes)
    {
        ModelProto model;
        try
        {
            using var stream = new MemoryStream(bytes, writable: false);
            var input = CodedInputStream.CreateWithLimits(stream, int.MaxValue, MaxDepth);
            model = ModelProto.Parser.ParseFrom(input);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new ImportException(ImportError.NotAModel, $"the file is no ONNX model, or is damaged: {e.Message.TrimEnd('.')}", e);
        }

        return model.Graph is null || model.OpsetImport.Count == 0
            ? throw new ImportException(ImportError.NotAModel, "the file is no ONNX model: it has no graph or no operator set")
            : model;
    }

    /// <summary>Version of the standard operators.</summary>
    private static int OperatorSet(ModelProto model)
    {
        long version = model.OpsetImport.Where(o => o.Domain is "" or "ai.onnx").Select(o => o.Version).DefaultIfEmpty(FirstOperatorSet).Max();
        return version is >= FirstOperatorSet and <= 1000
            ? (int)version
            : throw new ImportException(ImportError.Unsupported, $"the model uses operator set {version}; the earliest supported is {FirstOperatorSet}");
    }
}
