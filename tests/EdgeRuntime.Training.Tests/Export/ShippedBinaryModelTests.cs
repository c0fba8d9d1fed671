using EdgeRuntime.Model;
using EdgeRuntime.Training.Data;
using EdgeRuntime.Training.Export;
using EdgeRuntime.Training.Networks;

namespace EdgeRuntime.Training.Tests.Export;

public class ShippedBinaryModelTests
{
    [Theory]
    [InlineData("digits-binary", "binary-digits", "mnist", 1, 0.98)]
    public void Model_has_about_the_accuracy_of_its_card_on_the_first_test_pictures(string file, string name, string data, int channels, double least)
    {
        TestData.Require(data);
        DataSplits splits = DataSets.Load(data, TestData.Root, 0, 1);
        using EdgeModel model = EdgeModel.Load(Path.Combine(TestData.Repository, $"deploy/models/{file}.edge"));
        Assert.Contains(model.Graph.Nodes, n => n.Kind == OperatorKind.BinaryConv2D);
        Assert.NotEmpty(model.Metadata.Description);
        Assert.NotEmpty(model.Metadata.Licence);
        ImagePreprocessing picture = model.Metadata.Preprocessing!;
        Network network = NetworkCatalog.Create(
            name, new NetworkRequest(new PictureShape(picture.Height, picture.Width, channels), 10, "react"), splits.Test.Classes, new Normalization(picture.Mean, picture.Deviation), 1);
        Assert.InRange(RuntimeEvaluation.Accuracy(model, network, splits.Test.Take(2000)), least, 1);
    }
}
