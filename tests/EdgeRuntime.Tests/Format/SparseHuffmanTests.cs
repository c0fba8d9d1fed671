using EdgeRuntime.Model;
using EdgeRuntime.Model.Format;

namespace EdgeRuntime.Tests.Format;

public class SparseHuffmanTests
{
    public static TheoryData<int, int, double, int> Tensors()
    {
        var data = new TheoryData<int, int, double, int>();
        foreach (int elementBytes in new[] { 1, 4 })
        {
            foreach (int elements in new[] { 1, 7, 64, 1000, 40_000 })
            {
                foreach (double density in new[] { 0.0, 0.004, 0.08, 0.5, 1.0 })
                    data.Add(elementBytes, elements, density, elements % 255 + 1);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Tensors))]
    public void What_was_encoded_comes_back(int elementBytes, int elements, double density, int values)
    {
        byte[] original = Sparse(elementBytes, elements, density, values, seed: elements);
        byte[]? encoded = SparseHuffman.Encode(original, elementBytes);
        Assert.NotNull(encoded);
        byte[] decoded = new byte[original.Length];
        SparseHuffman.Decode(encoded, elementBytes, decoded);
        Assert.Equal(original, decoded);
    }

    [Fact]
    public void A_tensor_of_the_papers_sparsity_comes_close_to_its_entropy()
    {
        // LeNet-300-100's first layer: 8 % of 235,200 weights. 63 equally frequent values have log2(63) bits each, geometric gaps H(0.08) / 0.08.
        const double Density = 0.08;
        byte[] original = Sparse(4, 235_200, Density, 63, seed: 1);
        byte[] encoded = SparseHuffman.Encode(original, 4)!;
        double gap = -((Density * Math.Log2(Density)) + ((1 - Density) * Math.Log2(1 - Density))) / Density;
        double entropy = 235_200 * Density * (Math.Log2(63) + gap) / 8;
        Assert.InRange(encoded.Length, entropy * 0.98, entropy * 1.05);
    }

    [Fact]
    public void A_file_with_sparse_Huffman_coded_weights_is_small_and_loads()
    {
        byte[] weights = Sparse(4, 40_000, 0.05, 15, seed: 8);
        var builder = new GraphBuilder();
        int x = builder.AddActivation("x", DataType.Float32, new Shape(1, 400));
        int w = builder.AddTensor(new TensorInfo("w", DataType.Float32, new Shape(100, 400), null, weights) { Encoding = TensorEncoding.SparseHuffman });
        int y = builder.AddActivation("y", DataType.Float32, new Shape(1, 100));
        builder.AddNode(OperatorKind.FullyConnected, "fc", [x, w], [y], new ActivationOptions());
        builder.AddInput(x);
        builder.AddOutput(y);
        string path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():n}.edge");
        try
        {
            using (var model = new EdgeModel(builder.Build(), new ModelMetadata()))
                model.Save(path);
            Assert.InRange(new FileInfo(path).Length, 1, weights.Length / 20);
            using EdgeModel loaded = EdgeModel.Load(path);
            Assert.Equal(weights, loaded.Graph.Tensors[1].Data!.Value.ToArray());
            Assert.Equal(TensorEncoding.SparseHuffman, loaded.Graph.Tensors[1].Encoding);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void More_than_256_values_are_not_encoded()
    {
        byte[] data = new byte[4 * 257];
        for (int i = 0; i < 257; i++)
            BitConverter.TryWriteBytes(data.AsSpan(4 * i), i + 1);
        Assert.Null(SparseHuffman.Encode(data, 4));
        Assert.NotNull(SparseHuffman.Encode(data.AsSpan(4), 4));
    }

    [Fact]
    public void Damaged_streams_are_refused_or_decode_inside_the_tensor()
    {
        byte[] original = Sparse(1, 500, 0.2, 20, seed: 3);
        byte[] encoded = SparseHuffman.Encode(original, 1)!;
        int refused = 0;
        for (int length = 0; length < encoded.Length; length++)
            Assert.Throws<EdgeModelException>(() => SparseHuffman.Decode(encoded.AsSpan(0, length), 1, new byte[500]));
        for (int i = 0; i < encoded.Length; i++)
        {
            for (int bit = 0; bit < 8; bit++)
            {
                byte[] damaged = [.. encoded];
                damaged[i] ^= (byte)(1 << bit);
                try
                {
                    SparseHuffman.Decode(damaged, 1, new byte[500]);
                }
                catch (EdgeModelException e)
                {
                    Assert.Equal(ModelError.Corrupt, e.Error);
                    refused++;
                }
            }
        }

        Assert.True(refused > encoded.Length, $"{refused} refused");
    }

    [Fact]
    public void Word_lengths_are_optimal_where_the_limit_does_not_bind()
    {
        // Huffman's own algorithm gives these frequencies the lengths 1, 2, 3, 3.
        Assert.Equal([1, 2, 3, 3], HuffmanLengths.Limited([8, 4, 2, 1], 12));
        Assert.Equal([0, 1, 0], HuffmanLengths.Limited([0, 9, 0], 12));
    }

    [Fact]
    public void Word_lengths_keep_the_limit_and_make_a_complete_code()
    {
        // Fibonacci frequencies make the deepest tree there is.
        long[] frequencies = new long[40];
        (long a, long b) = (1, 1);
        for (int i = 0; i < frequencies.Length; i++)
        {
            frequencies[i] = a;
            (a, b) = (b, a + b);
        }

        byte[] lengths = HuffmanLengths.Limited(frequencies, 12);
        Assert.Equal(12, lengths.Max());
        Assert.Equal(1.0, lengths.Sum(l => Math.Pow(2, -l)));
    }

    private static byte[] Sparse(int elementBytes, int elements, double density, int values, int seed)
    {
        var random = new Random(seed);
        byte[] data = new byte[elements * elementBytes];
        for (int i = 0; i < elements; i++)
        {
            if (random.NextDouble() >= density)
                continue;
            int value = random.Next(1, values + 1);
            if (elementBytes == 4)
                BitConverter.TryWriteBytes(data.AsSpan(4 * i), value / 17f);
            else
                data[i] = (byte)value;
        }

        return data;
    }
}
