using EdgeRuntime.Kernels;
using EdgeRuntime.Model;
using EdgeRuntime.Planning;
using EdgeRuntime.Tests.Cases;

namespace EdgeRuntime.Tests.Planning;

/// <summary>
/// Operators with random damage: each is refused with a model error, or every kernel that accepts it stays inside its memory, and the optimised ones still agree
/// with the reference.
/// </summary>
public class MutatedCaseTests
{
    private const int PerCase = 12;
    private const long MostWork = 1_000_000;

    [Fact]
    public void Damaged_operators_are_refused_or_run_inside_their_memory()
    {
        int refused = 0;
        int ran = 0;
        foreach (OperatorCase c in OperatorCases.All)
        {
            for (int k = 0; k < PerCase; k++)
            {
                var random = new Random(StableHash($"{c} {k}"));
                try
                {
                    Graph graph = Mutate(c.Build(k), random);
                    GraphStructure.Check(graph);
                    OperatorChecks.Check(graph);
                    if (Work(graph) > MostWork)
                        continue;
                    ran += RunAll(c, graph, k);
                }
                catch (EdgeModelException e)
                {
                    Assert.DoesNotContain('\n', e.Message);
                    refused++;
                }
            }
        }

        Assert.True(refused > 1000 && ran > 1000, $"{refused} refused, {ran} kernels ran: the damage is too heavy or too light to mean anything");
    }

    private static int RunAll(OperatorCase c, Graph graph, int seed)
    {
        byte[][] inputs = OperatorCase.InputBytes(graph, seed);
        Graph wide = SignWeights.Unpack(graph);
        List<KernelEntry> entries = [.. KernelTable.Entries.Where(e => KernelRunner.Supports(e, wide) || KernelRunner.Supports(e, graph))];
        if (entries.Find(e => e.IsReference) is not { } reference)
            return 0;
        byte[][] expected = KernelRunner.Run(reference, wide, inputs);
        foreach (KernelEntry entry in entries.Where(e => !e.IsReference))
        {
            byte[][] actual = KernelRunner.Run(entry, entry.ReadsBits ? graph : wide, inputs);
            for (int o = 0; o < expected.Length; o++)
            {
                if (graph.Tensors[graph.Nodes[0].Outputs[o]].Type != DataType.Float32)
                    Assert.True(expected[o].AsSpan().SequenceEqual(actual[o]), $"{entry.Name} differs from the reference on damaged {c}, seed {seed}");
            }
        }

        return entries.Count;
    }

    private static Graph Mutate(Graph graph, Random random)
    {
        TensorInfo[] tensors = [.. graph.Tensors];
        Node node = graph.Nodes[0];
        int times = random.Next(1, 3);
        for (int i = 0; i < times; i++)
        {
            int t = random.Next(tensors.Length);
            switch (random.Next(6))
            {
                case 0 or 1:
                    tensors[t] = Resized(tensors[t] with { Shape = OtherShape(tensors[t].Shape, random) }, random);
                    break;
                case 2:
                    tensors[t] = tensors[t] with { Quantization = OtherQuantization(tensors[t], random) };
                    break;
                case 3:
                    tensors[t] = Resized(tensors[t] with { Type = (DataType)random.Next(1, 5) }, random);
                    break;
                case 4:
                    node = node with { Options = OtherOptions(node, random) };
                    break;
                default:
                    node = OtherEdges(node, tensors.Length, random);
                    break;
            }
        }

        return new Graph(tensors, [node], graph.Inputs, graph.Outputs);
    }

    private static Shape OtherShape(Shape shape, Random random)
    {
        List<int> dims = [.. shape.Dimensions];
        switch (random.Next(4))
        {
            case 0 when dims.Count > 0:
                dims.RemoveAt(random.Next(dims.Count));
                break;
            case 1:
                dims.Insert(random.Next(dims.Count + 1), random.Next(1, 4));
                break;
            default:
                if (dims.Count > 0)
                    dims[random.Next(dims.Count)] = OtherNumber(dims[0], random);
                break;
        }

        return new Shape([.. dims]);
    }

    private static Quantization? OtherQuantization(TensorInfo tensor, Random random)
    {
        float[] scales = [1e-38f, 1e-9f, 1e-4f, 0.05f, 1, 1000, 1e9f, 3e38f];
        float scale = scales[random.Next(scales.Length)];
        return random.Next(4) switch
        {
            0 => null,
            1 => new Quantization(scale, OtherNumber(0, random)),
            2 when tensor.Quantization is { } q => new Quantization(scale, q.ZeroPoint),
            _ => new Quantization([scale, 0.01f], [0, OtherNumber(0, random)], random.Next(Shape.MaxRank)),
        };
    }

    /// <summary>Options with one attribute changed, by way of the attributes that a file would hold.</summary>
    private static OperatorOptions OtherOptions(Node node, Random random)
    {
        var writer = new AttributeWriter();
        node.Options.Write(writer);
        List<OperatorAttribute> attributes = [.. writer.Attributes];
        if (attributes.Count == 0 || random.Next(3) == 0)
        {
            var key = (AttributeKey)random.Next(1, 25);
            attributes.RemoveAll(a => a.Key == key);
            attributes.Add(OperatorAttribute.Of(key, OtherNumber(1, random)));
        }
        else
        {
            int at = random.Next(attributes.Count);
            OperatorAttribute a = attributes[at];
            attributes[at] = a.Type switch
            {
                AttributeType.Int => OperatorAttribute.Of(a.Key, OtherNumber(a.Int, random)),
                AttributeType.Float => OperatorAttribute.Of(a.Key, new[] { 0, -1, float.NaN, 1e-30f, 1e30f, 2 }[random.Next(6)]),
                _ => OperatorAttribute.Of(a.Key, [.. a.Ints!.Select(v => random.Next(3) == 0 ? OtherNumber(v, random) : v)]),
            };
        }

        return OperatorOptions.Read(node.Kind, new AttributeReader("damaged", attributes));
    }

    private static Node OtherEdges(Node node, int tensors, Random random)
    {
        List<int> edges = [.. node.Inputs];
        switch (edges.Count == 0 ? 1 : random.Next(4))
        {
            case 0:
                edges.RemoveAt(random.Next(edges.Count));
                break;
            case 1:
                edges.Insert(random.Next(edges.Count + 1), random.Next(-1, tensors));
                break;
            case 2:
                edges[random.Next(edges.Count)] = random.Next(-2, tensors + 1);
                break;
            default:
                return node with { Kind = (OperatorKind)random.Next(1, 73) };
        }

        return node with { Inputs = edges };
    }

    private static int OtherNumber(int value, Random random) => random.Next(9) switch
    {
        0 => 0,
        1 => -1,
        2 => value + 1,
        3 => value - 1,
        4 => value * 2,
        5 => int.MaxValue,
        6 => int.MinValue,
        7 => 40_000,
        _ => random.Next(1, 20),
    };

    /// <summary>Constants get bytes for their new type and shape, as a damaged file with the right lengths would have.</summary>
    private static TensorInfo Resized(TensorInfo tensor, Random random)
    {
        if (!tensor.IsConstant || tensor.ByteSize > 1_000_000)
            return tensor;
        return tensor with { Data = CaseBuilder.RandomBytes(random, tensor.Type, tensor.Shape) };
    }

    /// <summary>Bytes of all tensors plus the products of the operator, or more.</summary>
    private static long Work(Graph graph)
    {
        long bytes = graph.Tensors.Sum(t => t.ByteSize);
        long outputs = graph.Nodes[0].Outputs.Sum(t => graph.Tensors[t].Shape.ElementCount);
        return graph.Nodes[0].Options switch
        {
            _ when bytes > MostWork => bytes,
            Conv2DOptions or ActivationOptions when graph.Nodes[0].Inputs.Count > 1 => bytes + outputs * graph.Tensors[graph.Nodes[0].Inputs[1]].Shape.ElementCount / graph.Tensors[graph.Nodes[0].Outputs[0]].Shape[^1],
            Pool2DOptions o => bytes + outputs * Math.Min(o.FilterHeight * (long)o.FilterWidth, graph.Tensors[graph.Nodes[0].Inputs[0]].Shape.ElementCount),
            _ => bytes,
        };
    }

    private static int StableHash(string text) => text.Aggregate(17, (h, c) => unchecked(h * 31 + c));
}
