using EdgeRuntime.Model;

namespace EdgeRuntime.Compiler.Generation;

/// <summary>Makes one kind of single layer with random weights. A new kind is one class, listed in <see cref="LayerGenerators"/>.</summary>
internal interface ILayerGenerator
{
    /// <summary>Name on the command line.</summary>
    string Name { get; }

    /// <summary>One line for the help.</summary>
    string Description { get; }

    /// <summary>Whether the layer has a float32 form that can be quantized to int8; a layer without (a packed one) is written as it is made.</summary>
    bool IsReal { get; }

    /// <summary>Whether the layer can have int8 activations and binary weights.</summary>
    bool HasBinaryWeights => false;

    /// <summary>A graph with one input, one output and, as a rule, one operator.</summary>
    /// <param name="request">Shape, already checked.</param>
    /// <param name="random">Source of the weights.</param>
    /// <exception cref="CommandException">The layer cannot have this shape.</exception>
    Graph Create(LayerRequest request, RandomValues random);
}
