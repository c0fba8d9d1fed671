using System.Runtime.InteropServices;
using EdgeRuntime.Kernels;
using EdgeRuntime.Model;
using EdgeRuntime.Planning;

namespace EdgeRuntime.Tests.Cases;

/// <summary>Every optimised kernel that this core can run against the reference kernel, on every case that it supports.</summary>
public class KernelTableTests
{
    private static readonly int[] seeds = [1, 2];

    [Theory]
    [MemberData(nameof(OperatorCases.Kinds), MemberType = typeof(OperatorCases))]
    public void Optimised_kernels_equal_the_reference(OperatorKind kind)
    {
        foreach (OperatorCase @case in OperatorCases.All.Where(c => c.Kind == kind))
        {
            foreach (int seed in seeds)
            {
                Graph graph = @case.Build(seed);
                GraphStructure.Check(graph);
                OperatorChecks.Check(graph);
                byte[][] inputs = OperatorCase.InputBytes(graph, seed);
                // One-bit weights of real activations: the reference, like most kernels, reads them unpacked.
                Graph wide = SignWeights.Unpack(graph);
                KernelEntry reference = Assert.Single(KernelTable.Entries, e => e.IsReference && KernelRunner.Supports(e, wide));
                byte[][] expected = KernelRunner.Run(reference, wide, inputs);
                foreach (Graph form in wide == graph ? (Graph[])[graph] : [graph, wide])
                {
                    foreach (KernelEntry entry in KernelTable.Entries.Where(e => !e.IsReference && KernelRunner.Supports(e, form)))
                        Compare(@case, seed, entry.Name, graph, expected, KernelRunner.Run(entry, form, inputs));
                }
            }
        }
    }

    [Fact]
    public void Every_optimised_kernel_that_this_core_can_run_has_a_case()
    {
        List<Graph> graphs = [.. OperatorCases.All.Select(c => c.Build(seeds[0]))];
        IEnumerable<string> without = KernelTable.Entries
            .Where(e => !e.IsReference && (e.Requires & ~Cpu.Features) == 0 && !graphs.Exists(g => KernelRunner.Supports(e, g)))
            .Select(e => e.Name);
        Assert.Empty(without);
    }

    [Fact]
    public void Every_reference_kernel_has_a_case()
    {
        List<Graph> graphs = [.. OperatorCases.All.Select(c => c.Build(seeds[0]))];
        Assert.Empty(KernelTable.Entries.Where(e => e.IsReference && !graphs.Exists(g => KernelRunner.Supports(e, g))).Select(e => e.Name));
    }

    [Fact]
    public void Names_of_kernels_are_unique() =>
        Assert.Equal(KernelTable.Entries.Count, KernelTable.Entries.Select(e => e.Name).Distinct().Count());

    private static void Compare(OperatorCase @case, int seed, string kernel, Graph graph, byte[][] expected, byte[][] actual)
    {
        for (int o = 0; o < expected.Length; o++)
        {
            TensorInfo tensor = graph.Tensors[graph.Nodes[0].Outputs[o]];
            if (tensor.Type == DataType.Float32)
            {
                ReadOnlySpan<float> e = MemoryMarshal.Cast<byte, float>(expected[o]);
                ReadOnlySpan<float> a = MemoryMarshal.Cast<byte, float>(actual[o]);
                float limit = @case.FloatTolerance * Largest(e);
                for (int i = 0; i < e.Length; i++)
                    Assert.True(Math.Abs(e[i] - a[i]) <= limit, $"{kernel}, {@case}, seed {seed}: element {i} of {tensor.Shape} is {a[i]}, not {e[i]} (tolerance {limit})");
                continue;
            }

            int at = expected[o].AsSpan().CommonPrefixLength(actual[o]);
            Assert.True(
                at == expected[o].Length,
                at == expected[o].Length ? "" : $"{kernel}, {@case}, seed {seed}: byte {at} of {tensor.Type} {tensor.Shape} is {(sbyte)actual[o][at]}, not {(sbyte)expected[o][at]}");
        }
    }

    private static float Largest(ReadOnlySpan<float> values)
    {
        float largest = 0;
        foreach (float v in values)
            largest = Math.Max(largest, Math.Abs(v));
        return largest;
    }
}
