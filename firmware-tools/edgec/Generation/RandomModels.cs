using EdgeRuntime.Compression;
using EdgeRuntime.Model;
using EdgeRuntime.Training.Data;
using EdgeRuntime.Training.Export;
using EdgeRuntime.Training.Networks;

namespace EdgeRuntime.Compiler.Generation;

/// <summary>Networks and layers with random weights, float32 or quantized with ranges that random inputs give: what they cost is what trained ones cost.</summary>
internal static class RandomModels
{
    private const int CalibrationInputs = 2;

    /// <summary>A network of the training tool's catalogue.</summary>
    /// <param name="name">Its name there.</param>
    /// <param name="request">What it is made for; the method is float or a binary one.</param>
    /// <param name="quantize">Whether it becomes int8.</param>
    /// <param name="metadata">Texts to store.</param>
    /// <param name="seed">Seed of the weights.</param>
    /// <exception cref="Training.TrainingException">The network cannot be made so.</exception>
    /// <exception cref="CompressionException">The network cannot be quantized.</exception>
    public static EdgeModel Network(string name, NetworkRequest request, bool quantize, ModelMetadata metadata, ulong seed)
    {
        string[] classes = [.. Enumerable.Range(0, request.Classes).Select(i => $"class{i}")];
        Network network = NetworkCatalog.Create(name, request, classes, Normalization.Symmetric(request.Input.Channels), seed);
        RandomStatistics.Settle(network, seed);
        EdgeModel model = NetworkExport.ToModel(network, metadata);
        return quantize ? Quantize(model, seed) : model;
    }

    /// <summary>A single layer.</summary>
    /// <exception cref="CommandException">The layer cannot have this shape.</exception>
    public static EdgeModel Layer(ILayerGenerator generator, LayerRequest request, ModelMetadata metadata, ulong seed)
    {
        request.Check();
        var model = new EdgeModel(generator.Create(request, new RandomValues(seed)), metadata);
        return request.Weights == DataType.Int8 && generator.IsReal ? Quantize(model, seed) : model;
    }

    private static EdgeModel Quantize(EdgeModel model, ulong seed)
    {
        var random = new RandomValues(seed + 1);
        int count = (int)model.Graph.Tensors[model.Graph.Inputs[0]].Shape.ElementCount;
        float[][] inputs = [.. Enumerable.Range(0, CalibrationInputs).Select(_ => random.Uniform(count, 1))];
        return PostTrainingQuantization.Quantize(model, inputs, new QuantizationOptions { BiasCorrection = false });
    }
}
