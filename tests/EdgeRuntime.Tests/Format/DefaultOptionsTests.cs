using EdgeRuntime.Model;

namespace EdgeRuntime.Tests.Format;

public class DefaultOptionsTests
{
    [Fact]
    public void Every_kind_of_operator_has_defaults_that_a_file_leaves_out()
    {
        foreach (OperatorKind kind in Enum.GetValues<OperatorKind>())
        {
            var writer = new AttributeWriter();
            OperatorOptions.DefaultOf(kind).Write(writer);
            // Lists are written even where they are empty.
            Assert.DoesNotContain(writer.Attributes, a => a.Type != AttributeType.Ints);
            Assert.Equal(OperatorOptions.DefaultOf(kind).GetType(), OperatorOptions.Read(kind, new AttributeReader("x", writer.Attributes)).GetType());
        }
    }

    [Fact]
    public void An_operator_is_added_with_the_defaults_of_its_kind()
    {
        var builder = new GraphBuilder();
        builder.AddNode(OperatorKind.Conv2D, "conv", [0, 1], [2]);
        builder.AddNode(OperatorKind.FullyConnected, "dense", [2, 3], [4]);
        Assert.Equal([new Conv2DOptions(), new ActivationOptions()], builder.Build().Nodes.Select(n => n.Options));
    }
}
