using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels;

/// <summary>An operator for which a kernel is wanted, with its tensors and constants. The graph has been validated.</summary>
internal sealed class KernelRequest(Graph graph, Node node, CpuFeatures features, ConstantStore constants)
{
    public Node Node => node;

    /// <summary>A request for another operator on the same tensors: a part of the work of this one.</summary>
    public KernelRequest With(Node other) => new(graph, other, features, constants);

    public CpuFeatures Features => features;

    public int InputCount => node.Inputs.Count;

    public int OutputCount => node.Outputs.Count;

    public bool HasInput(int index) => index < node.Inputs.Count && node.Inputs[index] >= 0;

    public TensorInfo Input(int index) => graph.Tensors[node.Inputs[index]];

    public TensorInfo Output(int index = 0) => graph.Tensors[node.Outputs[index]];

    public T Options<T>()
        where T : OperatorOptions => (T)node.Options;

    /// <summary>Address of a constant input; valid as long as the prepared model. Null if the input is absent.</summary>
    public unsafe byte* Constant(int index) => HasInput(index) ? constants.Address(node.Inputs[index]) : null;
}
