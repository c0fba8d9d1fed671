using EdgeRuntime.Kernels;
using EdgeRuntime.Model;

namespace EdgeRuntime.Planning;

/// <summary>Place of a tensor in the arena, and the steps between which it is alive (both inclusive; -1 is before the first step).</summary>
/// <param name="Tensor">Index in the graph.</param>
/// <param name="Offset">First byte in the arena, a multiple of 64.</param>
/// <param name="Size">Bytes.</param>
/// <param name="First">Step that writes it.</param>
/// <param name="Last">Last step that reads it.</param>
public readonly record struct ArenaSlot(int Tensor, long Offset, long Size, int First, int Last);

/// <summary>
/// Gives every activation a place in one arena so that tensors whose lifetimes overlap do not. Largest first, each at the lowest offset that
/// is free throughout its life (greedy by size, Pisarchyk and Lee 2020). A kernel that can work in place shares its input's slot.
/// </summary>
internal sealed class ArenaPlanner
{
    private readonly Graph graph;
    private readonly IReadOnlyList<Kernel> kernels;
    private readonly bool share;
    private readonly int[] first;
    private readonly int[] last;
    private readonly int[] occupiedUntil;
    private readonly int[] owner;

    /// <param name="graph">A validated graph.</param>
    /// <param name="kernels">The bound kernel of each node.</param>
    /// <param name="share">False gives every tensor a place of its own for good, so that all can be read after a run.</param>
    public ArenaPlanner(Graph graph, IReadOnlyList<Kernel> kernels, bool share)
    {
        this.graph = graph;
        this.kernels = kernels;
        this.share = share;
        int count = graph.Tensors.Count;
        first = new int[count];
        last = new int[count];
        occupiedUntil = new int[count];
        owner = new int[count];
    }

    /// <summary>Slots of all activations in order of the tensors, and the size of the arena.</summary>
    public (IReadOnlyList<ArenaSlot> Slots, long Size) Plan()
    {
        FindLifetimes();
        last.CopyTo(occupiedUntil, 0);
        if (share)
            MergeInPlace();

        var placed = new List<ArenaSlot>();
        long[] offsets = new long[graph.Tensors.Count];
        long size = 0;
        var owners = Enumerable.Range(0, owner.Length).Where(t => owner[t] == t && first[t] > int.MinValue)
            .OrderByDescending(Bytes).ThenBy(t => first[t]);
        foreach (int t in owners)
        {
            long bytes = Bytes(t);
            long offset = 0;
            foreach (ArenaSlot other in placed)
            {
                if (other.Last < first[t] || other.First > occupiedUntil[t])
                    continue;
                if (offset + bytes <= other.Offset)
                    break;
                offset = Math.Max(offset, other.Offset + other.Size);
            }

            offsets[t] = offset;
            var slot = new ArenaSlot(t, offset, bytes, first[t], occupiedUntil[t]);
            int at = placed.FindIndex(p => p.Offset > offset);
            placed.Insert(at < 0 ? placed.Count : at, slot);
            size = Math.Max(size, offset + bytes);
        }

        var slots = new List<ArenaSlot>();
        for (int t = 0; t < owner.Length; t++)
        {
            if (first[t] > int.MinValue)
                slots.Add(new ArenaSlot(t, offsets[owner[t]], graph.Tensors[t].ByteSize, first[t], last[t]));
        }

        return (slots, size);
    }

    private void FindLifetimes()
    {
        first.AsSpan().Fill(int.MinValue);
        for (int t = 0; t < owner.Length; t++)
            owner[t] = t;
        foreach (int t in graph.Inputs)
            first[t] = last[t] = -1;
        for (int n = 0; n < graph.Nodes.Count; n++)
        {
            foreach (int t in graph.Nodes[n].Outputs)
                first[t] = last[t] = n;
            foreach (int t in graph.Nodes[n].Inputs)
            {
                if (t >= 0 && !graph.Tensors[t].IsConstant)
                    last[t] = n;
            }
        }

        foreach (int t in graph.Outputs)
            last[t] = int.MaxValue;
        if (share)
            return;
        for (int t = 0; t < owner.Length; t++)
        {
            if (first[t] > int.MinValue)
                (first[t], last[t]) = (-1, int.MaxValue);
        }
    }

    /// <summary>Lets an output take over the slot of an input that dies in the same step.</summary>
    private void MergeInPlace()
    {
        for (int n = 0; n < graph.Nodes.Count; n++)
        {
            Node node = graph.Nodes[n];
            int index = kernels[n].InPlaceInput;
            if (index < 0 || index >= node.Inputs.Count || node.Inputs[index] < 0)
                continue;
            int input = node.Inputs[index];
            int output = node.Outputs[0];
            if (graph.Tensors[input].IsConstant || Bytes(input) != Bytes(output) || node.Inputs.Count(t => t == input) > 1)
                continue;
            int root = owner[input];
            if (occupiedUntil[root] != n || last[input] != n)
                continue;
            owner[output] = root;
            occupiedUntil[root] = last[output];
        }
    }

    private long Bytes(int tensor) => (graph.Tensors[tensor].ByteSize + NativeBuffer.Alignment - 1) & ~(NativeBuffer.Alignment - 1L);
}
