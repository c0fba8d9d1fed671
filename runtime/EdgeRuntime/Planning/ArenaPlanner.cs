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
/// is free throughout its life (greedy by size, Pisarchyk and Lee 2020). A kernel that can work in place shares its input's slot; inputs of a Concat are written
/// where they belong in its output, where that takes no more memory.
/// </summary>
internal sealed class ArenaPlanner
{
    private readonly Graph graph;
    private readonly IReadOnlyList<Kernel> kernels;
    private readonly bool share;
    private readonly int[] first;
    private readonly int[] last;

    // Of a tensor that owns a slot: the steps in which any tensor in the slot is alive.
    private readonly int[] occupiedFrom;
    private readonly int[] occupiedUntil;

    // The tensor in whose slot a tensor lies, and the bytes between their first ones.
    private readonly int[] owner;
    private readonly long[] shift;

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
        occupiedFrom = new int[count];
        occupiedUntil = new int[count];
        owner = new int[count];
        shift = new long[count];
    }

    /// <summary>Slots of all activations in order of the tensors, and the size of the arena.</summary>
    public (IReadOnlyList<ArenaSlot> Slots, long Size) Plan()
    {
        (IReadOnlyList<ArenaSlot> Slots, long Size) apart = Place(join: false);
        if (!share || graph.Nodes.All(n => n.Kind != OperatorKind.Concat))
            return apart;
        (IReadOnlyList<ArenaSlot> Slots, long Size) joined = Place(join: true);
        return joined.Size <= apart.Size ? joined : apart;
    }

    private (IReadOnlyList<ArenaSlot> Slots, long Size) Place(bool join)
    {
        FindLifetimes();
        first.CopyTo(occupiedFrom, 0);
        last.CopyTo(occupiedUntil, 0);
        for (int n = 0; n < graph.Nodes.Count && share; n++)
        {
            MergeInPlace(n);
            if (join)
                Join(n);
        }

        var placed = new List<ArenaSlot>();
        long[] offsets = new long[graph.Tensors.Count];
        long size = 0;
        var owners = Enumerable.Range(0, owner.Length).Where(t => owner[t] == t && first[t] > int.MinValue)
            .OrderByDescending(Bytes).ThenBy(t => occupiedFrom[t]);
        foreach (int t in owners)
        {
            long bytes = Bytes(t);
            long offset = 0;
            foreach (ArenaSlot other in placed)
            {
                if (other.Last < occupiedFrom[t] || other.First > occupiedUntil[t])
                    continue;
                if (offset + bytes <= other.Offset)
                    break;
                offset = Math.Max(offset, other.Offset + other.Size);
            }

            offsets[t] = offset;
            var slot = new ArenaSlot(t, offset, bytes, occupiedFrom[t], occupiedUntil[t]);
            int at = placed.FindIndex(p => p.Offset > offset);
            placed.Insert(at < 0 ? placed.Count : at, slot);
            size = Math.Max(size, offset + bytes);
        }

        var slots = new List<ArenaSlot>();
        for (int t = 0; t < owner.Length; t++)
        {
            if (first[t] > int.MinValue)
                slots.Add(new ArenaSlot(t, offsets[owner[t]] + shift[t], graph.Tensors[t].ByteSize, first[t], last[t]));
        }

        return (slots, size);
    }

    private void FindLifetimes()
    {
        first.AsSpan().Fill(int.MinValue);
        for (int t = 0; t < owner.Length; t++)
            (owner[t], shift[t]) = (t, 0);
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
    private void MergeInPlace(int n)
    {
        Node node = graph.Nodes[n];
        int index = kernels[n].InPlaceInput;
        if (index < 0 || index >= node.Inputs.Count || node.Inputs[index] < 0)
            return;
        int input = node.Inputs[index];
        int output = node.Outputs[0];
        if (graph.Tensors[input].IsConstant || Bytes(input) != Bytes(output) || node.Inputs.Count(t => t == input) > 1)
            return;
        int root = owner[input];
        // Where several tensors lie side by side in a slot, it belongs to the one that they form.
        if (occupiedUntil[root] != n || last[input] != n || Bytes(root) != Bytes(input))
            return;
        owner[output] = root;
        occupiedUntil[root] = last[output];
    }

    /// <summary>
    /// Puts the inputs of a Concat into its output's slot, at the places that they have in it: those that die there, are not written by the caller, lie in one piece in
    /// the output, and begin at an aligned byte.
    /// </summary>
    private void Join(int n)
    {
        Node node = graph.Nodes[n];
        int output = node.Outputs[0];
        TensorInfo y = graph.Tensors[output];
        if (node.Kind != OperatorKind.Concat || !kernels[n].SkipsWhatIsInPlace || y.Type == DataType.Bit || owner[output] != output)
            return;
        int axis = ((AxisOptions)node.Options).Axis;
        axis = axis < 0 ? axis + y.Shape.Rank : axis;
        if (y.Shape.Dimensions[..axis].ContainsAnyExcept(1))
            return;
        long start = 0;
        foreach (int input in node.Inputs)
        {
            int root = owner[input];
            bool fits = first[input] >= 0 && last[input] == n && occupiedFrom[root] >= 0 && occupiedUntil[root] == n && start % NativeBuffer.Alignment == 0
                && root != output && Bytes(root) == Bytes(input) && node.Inputs.Count(t => t == input) == 1;
            if (fits)
                Move(root, output, start);
            start += graph.Tensors[input].ByteSize;
        }
    }

    /// <summary>Puts a slot, with all that lies in it, into another.</summary>
    private void Move(int root, int target, long start)
    {
        for (int t = 0; t < owner.Length; t++)
        {
            if (owner[t] == root)
                (owner[t], shift[t]) = (target, shift[t] + start);
        }

        occupiedFrom[target] = Math.Min(occupiedFrom[target], occupiedFrom[root]);
    }

    private long Bytes(int tensor) => (graph.Tensors[tensor].ByteSize + NativeBuffer.Alignment - 1) & ~(NativeBuffer.Alignment - 1L);
}
