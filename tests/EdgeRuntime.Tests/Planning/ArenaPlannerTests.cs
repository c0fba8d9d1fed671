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

                    // An output that takes over its input's place begins in the step that ends the input, at the same offset; joined inputs lie within their output.
                    bool takesOver = (a.Last == b.First && Within(a, b)) || (b.Last == a.First && Within(b, a));
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

    [Theory]
    [InlineData(DataType.Float32, false, 16)]
    [InlineData(DataType.Float32, true, 16)]
    [InlineData(DataType.Int8, false, 64)]
    [InlineData(DataType.Int8, true, 64)]
    public void Inputs_of_a_concat_are_written_where_they_belong(DataType type, bool reference, int channels)
    {
        Quantization? q = type == DataType.Int8 ? new Quantization(0.1f, 3) : null;
        var builder = new GraphBuilder();
        int x = builder.AddActivation("x", type, new Shape(1, 2, 1, channels), q);
        int a = builder.AddActivation("a", type, new Shape(1, 2, 1, channels), q);
        int b = builder.AddActivation("b", type, new Shape(1, 2, 1, channels), q);
        int ab = builder.AddActivation("ab", type, new Shape(1, 4, 1, channels), q);
        int all = builder.AddActivation("all", type, new Shape(1, 6, 1, channels), q);
        builder.AddInput(x);
        builder.AddNode(OperatorKind.Relu, "relu", [x], [a]);
        builder.AddNode(OperatorKind.Relu6, "relu6", [x], [b]);
        builder.AddNode(OperatorKind.Concat, "inner", [a, b], [ab], new AxisOptions(1));
        builder.AddNode(OperatorKind.Concat, "outer", [x, ab], [all], new AxisOptions(1));
        builder.AddOutput(all);
        Graph graph = builder.Build();
        using var model = new EdgeModel(graph, new ModelMetadata());
        using PreparedModel prepared = model.Prepare(new PrepareOptions { ReferenceKernels = reference });
        Dictionary<int, long> offsets = prepared.ArenaSlots.ToDictionary(s => s.Tensor, s => s.Offset - prepared.ArenaSlots.Single(o => o.Tensor == all).Offset);
        Assert.Equal([128, 128, 256], [offsets[ab], offsets[a], offsets[b]]);
        Assert.Equal(Run(graph, keep: true, reference), Run(graph, keep: false, reference));
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

    private static bool Within(ArenaSlot inner, ArenaSlot outer) => inner.Offset >= outer.Offset && inner.Offset + inner.Size <= outer.Offset + outer.Size;

    private static byte[] Run(Graph graph, bool keep, bool reference = true)
    {
        using var model = new EdgeModel(graph, new ModelMetadata());
        using PreparedModel prepared = model.Prepare(new PrepareOptions { ReferenceKernels = reference, KeepIntermediates = keep });
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

        // In half of the graphs all sizes are multiples of the alignment, so that joined tensors can lie side by side.
        int unit = random.Next(2) == 0 ? 1 : 16;
        int inputs = random.Next(1, 3);
        for (int i = 0; i < inputs; i++)
            builder.AddInput(Add(unit * random.Next(1, unit == 1 ? 200 : 13)));
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
                    int part = unit * random.Next(1, (length / unit) + 1);
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
