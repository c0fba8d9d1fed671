using System.Buffers;
using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels;

/// <summary>Keeps the constants of a graph at fixed addresses: mapped ones where they are, managed ones pinned.</summary>
internal sealed unsafe class ConstantStore : IDisposable
{
    private readonly MemoryHandle[] handles;

    public ConstantStore(Graph graph)
    {
        handles = new MemoryHandle[graph.Tensors.Count];
        for (int i = 0; i < handles.Length; i++)
        {
            if (graph.Tensors[i].Data is { } data)
                handles[i] = data.Pin();
        }
    }

    public byte* Address(int tensor) => (byte*)handles[tensor].Pointer;

    public void Dispose()
    {
        foreach (ref MemoryHandle handle in handles.AsSpan())
            handle.Dispose();
    }
}
