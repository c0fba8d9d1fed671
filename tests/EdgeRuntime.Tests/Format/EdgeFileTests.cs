using System.Text;
using EdgeRuntime.Model;
using EdgeRuntime.Model.Format;

namespace EdgeRuntime.Tests.Format;

public class EdgeFileTests
{
    [Fact]
    public void Random_models_come_back_as_they_were_and_give_the_same_bytes()
    {
        for (int seed = 0; seed < 500; seed++)
        {
            using EdgeModel model = RandomModel.Create(seed);
            byte[] bytes = model.ToBytes();
            using EdgeModel read = EdgeModel.Load(bytes);
            AssertEqual(model, read);
            Assert.Equal(bytes, read.ToBytes());
        }
    }

    [Fact]
    public void A_mapped_file_is_used_in_place_and_outlives_the_model_while_pinned()
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("edge").FullName, "model.edge");
        try
        {
            using (EdgeModel written = SmallModels.Chain())
                written.Save(path);
            EdgeModel model = EdgeModel.Load(path);
            using PreparedModel prepared = model.Prepare();
            model.Dispose();
            using Session session = prepared.CreateSession();
            new float[] { -1, 0, 2 }.CopyTo(session.Input<float>());
            session.Run();
            Assert.Equal([10f, 20f, 32f], session.Output<float>().ToArray());
            Assert.Single(Directory.GetFiles(Path.GetDirectoryName(path)!));
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(path)!, true);
        }
    }

    [Fact]
    public void Constants_begin_at_multiples_of_64()
    {
        using EdgeModel model = RandomModel.Create(3);
        byte[] bytes = model.ToBytes();
        using EdgeModel read = EdgeModel.Load(bytes);
        int raw = 0;
        foreach (TensorInfo tensor in read.Graph.Tensors.Where(t => t.IsConstant && t.Encoding == TensorEncoding.Raw))
        {
            Assert.True(System.Runtime.InteropServices.MemoryMarshal.TryGetArray(tensor.Data!.Value, out ArraySegment<byte> segment));
            Assert.Same(bytes, segment.Array);
            Assert.Equal(0, segment.Offset % 64);
            raw++;
        }

        Assert.True(raw > 0);
    }

    [Fact]
    public void Files_that_cannot_be_opened_are_refused_with_their_name()
    {
        string directory = Directory.CreateTempSubdirectory("edge").FullName;
        try
        {
            string empty = Path.Combine(directory, "empty.edge");
            File.WriteAllBytes(empty, []);
            string text = Path.Combine(directory, "text.edge");
            File.WriteAllText(text, "not a model");
            AssertRefused(ModelError.Unreadable, "missing.edge", () => EdgeModel.Load(Path.Combine(directory, "missing.edge")));
            AssertRefused(ModelError.Unreadable, directory, () => EdgeModel.Load(directory));
            AssertRefused(ModelError.Unreadable, "", () => EdgeModel.Load(""));
            AssertRefused(ModelError.NotAModel, "is empty", () => EdgeModel.Load(empty));
            AssertRefused(ModelError.NotAModel, "text.edge", () => EdgeModel.Load(text));
            using EdgeModel model = SmallModels.Chain();
            AssertRefused(ModelError.Unreadable, "cannot be written", () => model.Save(Path.Combine(directory, "no", "such", "folder.edge")));
        }
        finally
        {
            Directory.Delete(directory, true);
        }
    }

    [Fact]
    public void The_writer_refuses_what_a_file_cannot_hold()
    {
        AssertRefused(ModelError.Unsupported, "control character U+001B", () => Named("escape \u001b[2J").ToBytes());
        AssertRefused(ModelError.Unsupported, "tab or line feed", () => Named("two\nlines").ToBytes());
        AssertRefused(ModelError.Unsupported, "surrogate", () => Named("\ud800").ToBytes());
        AssertRefused(ModelError.TooLarge, "65537", () => Named(new string('x', 65537)).ToBytes());
        AssertRefused(ModelError.BadType, "element 1 is 8", () => Encoded(TensorEncoding.Packed4, [7, 8]).ToBytes());
        AssertRefused(ModelError.Unsupported, "encoding 9", () => Encoded((TensorEncoding)9, [7, 8]).ToBytes());
        AssertRefused(ModelError.Unsupported, "those of another operator", () => Optioned(OperatorKind.Conv2D, NoOptions.Instance).ToBytes());
        AssertRefused(ModelError.Unsupported, "attribute 14", () => Optioned(OperatorKind.Relu, new SoftmaxOptions(2)).ToBytes());
    }

    [Theory]
    [InlineData("123456789", 0xE3069283u)]
    [InlineData("", 0u)]
    public void Checksum_is_the_published_one(string text, uint expected)
    {
        byte[] bytes = Encoding.ASCII.GetBytes(text);
        Assert.Equal(expected, Crc32C.Compute(bytes));
        Assert.Equal(expected, ~Crc32C.Portable(~0u, bytes));
    }

    [Fact]
    public void Checksum_instructions_agree_with_the_table()
    {
        byte[] bytes = new byte[300];
        new Random(1).NextBytes(bytes);
        for (int length = 0; length <= bytes.Length; length++)
        {
            uint whole = ~Crc32C.Portable(~0u, bytes.AsSpan(0, length));
            Assert.Equal(whole, Crc32C.Compute(bytes.AsSpan(0, length)));
            Assert.Equal(whole, Crc32C.Append(Crc32C.Compute(bytes.AsSpan(0, length / 3)), bytes.AsSpan(length / 3, length - (length / 3))));
        }
    }

    internal static void AssertRefused(ModelError error, string part, Action action)
    {
        EdgeModelException e = Assert.Throws<EdgeModelException>(action);
        Assert.Contains(part, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
        Assert.Equal(error, e.Error);
    }

    private static void AssertEqual(EdgeModel expected, EdgeModel actual)
    {
        Assert.Equal(expected.Graph.Tensors.Count, actual.Graph.Tensors.Count);
        foreach ((TensorInfo a, TensorInfo b) in expected.Graph.Tensors.Zip(actual.Graph.Tensors))
        {
            Assert.Equal((a.Name, a.Type, a.Shape, a.IsConstant, a.Encoding), (b.Name, b.Type, b.Shape, b.IsConstant, b.Encoding));
            Assert.Equal(a.Quantization?.Axis, b.Quantization?.Axis);
            Assert.Equal(a.Quantization?.Scales.ToArray(), b.Quantization?.Scales.ToArray());
            Assert.Equal(a.Quantization?.ZeroPoints.ToArray(), b.Quantization?.ZeroPoints.ToArray());
            Assert.Equal(a.Data?.ToArray(), b.Data?.ToArray());
        }

        foreach ((Node a, Node b) in expected.Graph.Nodes.Zip(actual.Graph.Nodes))
        {
            Assert.Equal((a.Kind, a.Name), (b.Kind, b.Name));
            Assert.Equal(a.Inputs, b.Inputs);
            Assert.Equal(a.Outputs, b.Outputs);
            Assert.Equivalent(a.Options, b.Options, strict: true);
        }

        Assert.Equal(expected.Graph.Nodes.Count, actual.Graph.Nodes.Count);
        Assert.Equal(expected.Graph.Inputs, actual.Graph.Inputs);
        Assert.Equal(expected.Graph.Outputs, actual.Graph.Outputs);
        Assert.Equivalent(expected.Metadata, actual.Metadata, strict: true);
    }

    private static EdgeModel Named(string name) => new(new GraphBuilder().Build(), new ModelMetadata { Name = name });

    private static EdgeModel Encoded(TensorEncoding encoding, byte[] data)
    {
        var builder = new GraphBuilder();
        builder.AddTensor(new TensorInfo("w", DataType.Int8, new Shape(data.Length), null, data) { Encoding = encoding });
        return new EdgeModel(builder.Build(), new ModelMetadata());
    }

    private static EdgeModel Optioned(OperatorKind kind, OperatorOptions options)
    {
        var builder = new GraphBuilder();
        int x = builder.AddActivation("x", DataType.Float32, new Shape(1));
        builder.AddNode(kind, "op", [x], [x], options);
        return new EdgeModel(builder.Build(), new ModelMetadata());
    }
}
