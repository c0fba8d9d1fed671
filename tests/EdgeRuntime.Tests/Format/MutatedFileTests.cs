using EdgeRuntime.Model;
using EdgeRuntime.Tests.Cases;

namespace EdgeRuntime.Tests.Format;

/// <summary>Damaged files: each is refused with a model error, or loads, prepares and runs inside its limits; nothing else happens.</summary>
public class MutatedFileTests
{
    private const long MostArenaBytes = 1 << 20;
    private const long MostProducts = 20_000_000;

    [Fact]
    public void Damaged_files_are_refused_or_run() => Mutate(files: 3_000, firstSeed: 0, leastOfEach: 20);

    [Fact]
    [Trait("Category", "Long")]
    public void A_hundred_and_twenty_thousand_damaged_files_are_refused_or_run() => Mutate(files: 120_000, firstSeed: 1_000_000, leastOfEach: 2_000);

    private static void Mutate(int files, int firstSeed, int leastOfEach)
    {
        List<byte[]> bases = Bases();
        int broken = 0;
        int refusedAtLoad = 0;
        int refusedAtPrepare = 0;
        int ran = 0;
        for (int i = 0; i < files; i++)
        {
            var random = new Random(firstSeed + i);
            byte[] original = bases[random.Next(bases.Count)];
            byte[] damaged = FileMutator.Mutate(original, random);
            bool repaired = random.Next(5) != 0;
            if (repaired)
                FileMutator.FixChecksums(damaged);
            try
            {
                using EdgeModel? model = Load(damaged, firstSeed + i);
                if (model is null)
                {
                    _ = repaired ? refusedAtLoad++ : broken++;
                    continue;
                }

                using PreparedModel prepared = model.Prepare(new PrepareOptions { MaxArenaBytes = MostArenaBytes, ReferenceKernels = random.Next(4) == 0 });
                if (Products(prepared.Graph) > MostProducts)
                    continue;
                using Session session = prepared.CreateSession();
                for (int input = 0; input < prepared.Graph.Inputs.Count; input++)
                    random.NextBytes(session.Input<byte>(input));
                session.Run();
                ran++;
            }
            catch (EdgeModelException e)
            {
                Assert.DoesNotContain('\n', e.Message);
                refusedAtPrepare++;
            }
            catch (Exception e) when (e is not Xunit.Sdk.IAssertionException)
            {
                Assert.Fail($"seed {firstSeed + i}: {e}");
            }
        }

        int least = new[] { broken, refusedAtLoad, refusedAtPrepare, ran }.Min();
        Assert.True(least >= leastOfEach, $"{broken} with a wrong checksum, {refusedAtLoad} and {refusedAtPrepare} refused when loaded and prepared, {ran} ran");
    }

    /// <summary>The model, or null if it is refused; the memory for it is bounded by the length of the file.</summary>
    private static EdgeModel? Load(byte[] file, int seed)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        EdgeModel? model = null;
        try
        {
            model = EdgeModel.Load(file);
        }
        catch (EdgeModelException e)
        {
            Assert.DoesNotContain('\n', e.Message);
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated <= 100_000 + (64L * file.Length), $"seed {seed}: reading {file.Length} bytes allocated {allocated}");
        return model;
    }

    private static List<byte[]> Bases()
    {
        List<byte[]> files = [];
        for (int seed = 0; seed < 10; seed++)
        {
            using EdgeModel random = RandomModel.Create(seed);
            files.Add(random.ToBytes());
        }

        foreach (OperatorCase c in OperatorCases.All)
        {
            using var model = new EdgeModel(c.Build(1), new ModelMetadata { Name = c.ToString() });
            byte[] bytes = model.ToBytes();
            if (bytes.Length <= 16_384)
                files.Add(bytes);
        }

        // Whole networks count as much as the operators together.
        byte[] digits = File.ReadAllBytes(TestData.InRepository("deploy/models/digits-int8.edge"));
        using EdgeModel chain = SmallModels.Chain();
        byte[] small = chain.ToBytes();
        for (int i = files.Count / 8; i > 0; i--)
        {
            files.Add(digits);
            files.Add(small);
        }

        return files;
    }

    /// <summary>An upper bound of the products that a graph computes, to leave slow ones out.</summary>
    private static double Products(Graph graph) => graph.Nodes.Sum(node =>
    {
        double outputs = node.Outputs.Sum(t => (double)graph.Tensors[t].Shape.ElementCount);
        double constants = node.Inputs.Where(t => t >= 0 && graph.Tensors[t].IsConstant).Sum(t => (double)graph.Tensors[t].Shape.ElementCount);
        double window = node.Options is Pool2DOptions pool ? Math.Min((double)pool.FilterHeight * pool.FilterWidth, graph.Tensors[node.Inputs[0]].Shape.ElementCount) : 1;
        int channels = node.Options is Conv2DOptions or ActivationOptions ? graph.Tensors[node.Outputs[0]].Shape is { Rank: > 0 } s ? s[^1] : 1 : 1;
        return outputs * (window + (constants / channels));
    });
}
