using EdgeRuntime.Model;
using EdgeRuntime.Planning;

namespace EdgeRuntime.Tests.Planning;

/// <summary>Placement of activations: tensors that are alive at the same time never share bytes, and results do not depend on sharing.</summary>
public class ArenaPlannerTests
{
    [Fact]
    public void Tensors_of_random_graphs_that_live_together_do_not_overlap()
    {
        for (int seed = 0; seed < 300; seed++)
        {
            Graph graph = RandomGraph(new Random(seed));
            using var model = new EdgeModel(graph, new ModelMetadata());
            using PreparedModel prepared = model.Prepare(new PrepareOptions { ReferenceKernels = true });
            IReadOnlyList<ArenaSlot> slots = prepared.ArenaSlots;
            foreach (ArenaSlot a in slots)
            {
                Assert.Equal(0, a.Offset % 64);
                Assert.True(a.Offset >= 0 && a.Offset + a.Size <= prepared.ActivationBytes);
                foreach (ArenaSlot b in slots)
                {
                    bool bytes = a.Offset < b.Offset + b.Size && b.Offset < a.Offset + a.Size;

                    // An output that takes over its input's place begins, at the same offset, in the step that ends the input.
                    bool takesOver = a.Offset == b.Offset && (a.Last == b.First || b.Last == a.First);
                    bool steps = a.First <= b.Last && b.First <= a.Last && !takesOver;
                    Assert.False(a.Tensor < b.Tensor && bytes && steps, $"seed {seed}: {a} and {b}");
                }
            }
        }
    }

    [Fact]
    public void Results_of_random_graphs_do_not_depend_on_shared_memory()
    {
        for (int seed = 0; seed < 300; seed++)
        {
            Graph graph = RandomGraph(new Random(seed));
            Assert.Equal(Run(graph, keep: true), Run(graph, keep: false));
        }
    }

    [Fact]
    public void An_arena_above_the_limit_is_refused_with_both_numbers()
    {
        Graph graph = RandomGraph(new Random(1));
        using var model = new EdgeModel(graph, new ModelMetadata());
        var error = Assert.Throws<EdgeModelException>(() => model.Prepare(new PrepareOptions { MaxArenaBytes = 100 }));
        Assert.Equal(ModelError.TooLarge, error.Error);
        Assert.Contains("the limit is 100", error.Message, StringComparison.Ordinal);
    }

    private static byte[] Run(Graph graph, bool keep)
    {
        using var model = new EdgeModel(graph, new ModelMetadata());
        using PreparedModel prepared = model.Prepare(new PrepareOptions { ReferenceKernels = true, KeepIntermediates = keep });
        using Session session = prepared.CreateSession();
        byte[][] inputs = Cases.OperatorCase.InputBytes(graph, 1);
        for (int i = 0; i < inputs.Length; i++)
            inputs[i].CopyTo(session.Input<byte>(i));
        session.Run();
        return [.. Enumerable.Range(0, graph.Outputs.Count).SelectMany(o => session.Output<byte>(o).ToArray())];
    }

    /// <summary>Up to 40 operators on float vectors: sums of any two earlier tensors, activations, reshapes, slices and joins.</summary>
    private static Graph RandomGraph(Random random)
    {
        var builder = new GraphBuilder();
        var tensors = new List<(int Index, int Length)>();
        int Add(int length)
        {
            int t = builder.AddActivation($"t{tensors.Count}", DataType.Float32, new Shape(1, length));
            tensors.Add((t, length));
            return t;
        }

        int inputs = random.Next(1, 3);
        for (int i = 0; i < inputs; i++)
            builder.AddInput(Add(random.Next(1, 200)));
        int operators = random.Next(1, 40);
        for (int n = 0; n < operators; n++)
        {
            (int x, int length) = tensors[random.Next(tensors.Count)];
            switch (random.Next(5))
            {
                case 0:
                    List<(int Index, int Length)> equal = tensors.FindAll(t => t.Length == length);
                    int other = equal[random.Next(equal.Count)].Index;
                    builder.AddNode(OperatorKind.Add, $"n{n}", [x, other], [Add(length)], new ActivationOptions());
                    break;
                case 1:
                    builder.AddNode(OperatorKind.Tanh, $"n{n}", [x], [Add(length)]);
                    break;
                case 2:
                    int y = builder.AddActivation("view", DataType.Float32, new Shape(length, 1));
                    builder.AddNode(OperatorKind.Reshape, $"n{n}a", [x], [y]);
                    builder.AddNode(OperatorKind.Reshape, $"n{n}b", [y], [Add(length)]);
                    break;
                case 3:
                    int part = random.Next(1, length + 1);
                    builder.AddNode(OperatorKind.Slice, $"n{n}", [x], [Add(part)], new SliceOptions([0, length - part], [1, 1]));
                    break;
                default:
                    (int more, int moreLength) = tensors[random.Next(tensors.Count)];
                    builder.AddNode(OperatorKind.Concat, $"n{n}", [x, more], [Add(length + moreLength)], new AxisOptions(1));
                    break;
            }
        }

        builder.AddOutput(tensors[^1].Index);
        if (random.Next(2) == 0 && tensors.Count > inputs + 1)
            builder.AddOutput(tensors[inputs].Index);
        return builder.Build();
    }
}
