using EdgeRuntime.Model;

namespace EdgeRuntime.Compression.Import.TFLite;

/// <summary>A tensor as the file has it.</summary>
/// <param name="Index">Number in the subgraph.</param>
/// <param name="Name">Name.</param>
/// <param name="Type">Element type.</param>
/// <param name="Dimensions">Dimensions; a dynamic one is 1 here and -1 in <paramref name="Signature"/>.</param>
/// <param name="Signature">Dimensions with -1 for dynamic ones; empty if none is.</param>
/// <param name="Quantization">Scales and zero points, or null.</param>
/// <param name="Data">Bytes of a constant, in the file; null for an activation.</param>
/// <param name="Unsupported">What keeps the tensor from being used (sparse, variable, external, other quantization), or null.</param>
internal sealed record SourceTensor(
    int Index,
    string Name,
    TensorType Type,
    int[] Dimensions,
    int[] Signature,
    Quantization? Quantization,
    ReadOnlyMemory<byte>? Data,
    string? Unsupported)
{
    /// <summary>How messages name the tensor.</summary>
    public override string ToString() => $"{Index} '{Name}'";
}

/// <summary>An operator as the file has it.</summary>
/// <param name="Index">Number in the subgraph.</param>
/// <param name="Code">Operator code.</param>
/// <param name="Name">The schema's name of the code, with the custom code where it has one.</param>
/// <param name="Inputs">Tensors; -1 for an absent one.</param>
/// <param name="Outputs">Tensors.</param>
/// <param name="OptionsType">Member of the options union that is stored; 0 for none.</param>
/// <param name="Options">Options table, or null.</param>
/// <param name="CustomCode">Name of a custom operator; "" for others.</param>
/// <param name="CustomOptions">Options of a custom operator, in the file.</param>
internal sealed record SourceOperator(
    int Index,
    int Code,
    string Name,
    int[] Inputs,
    int[] Outputs,
    int OptionsType,
    FlatTable? Options,
    string CustomCode,
    ReadOnlyMemory<byte> CustomOptions)
{
    /// <summary>How messages name the operator.</summary>
    public override string ToString() => $"{Name} (operator {Index})";
}

/// <summary>The only subgraph of a file: lists that were read with limits, all indices still unchecked.</summary>
internal sealed record SourceModel(
    string Description,
    IReadOnlyList<SourceTensor> Tensors,
    IReadOnlyList<SourceOperator> Operators,
    IReadOnlyList<int> Inputs,
    IReadOnlyList<int> Outputs,
    int SubgraphCount)
{
    /// <summary>A tensor by number.</summary>
    /// <exception cref="ImportException">There is no such tensor.</exception>
    public SourceTensor Tensor(int index, object user)
    {
        if ((uint)index >= (uint)Tensors.Count)
            throw FlatBuffer.Corrupt($"{user} names tensor {index}; the file has {Tensors.Count}");
        return Tensors[index];
    }
}
