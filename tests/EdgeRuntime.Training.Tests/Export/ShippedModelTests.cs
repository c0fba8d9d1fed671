using EdgeRuntime.Camera;
using EdgeRuntime.Model;
using EdgeRuntime.Training.Data;
using EdgeRuntime.Training.Export;
using EdgeRuntime.Training.Networks;

namespace EdgeRuntime.Training.Tests.Export;

public class ShippedModelTests
{
    [Fact]
    public void Digits_model_reads_the_digits_that_the_synthetic_scene_draws()
    {
        using EdgeModel model = EdgeModel.Load(Path.Combine(TestData.Repository, "deploy/models/digits-int8.edge"));
        using PreparedModel prepared = model.Prepare();
        using Session session = prepared.CreateSession();
        ImagePreprocessing picture = model.Metadata.Preprocessing!;
        Quantization input = prepared.Graph.Tensors[prepared.Graph.Inputs[0]].Quantization!;
        var preprocessor = new FramePreprocessor(new FrameTransform
        {
            Width = picture.Width,
            Height = picture.Height,
            Channels = 1,
            Fit = FitMode.Crop,
            Mean = [picture.Mean[0] * 255.0],
            Std = [picture.Deviation[0] * 255.0],
            Scale = input.Scale,
            ZeroPoint = input.ZeroPoint,
        });
        using var scene = new SyntheticDigits(framesPerDigit: 2, seed: 11);
        int right = 0;
        const int Frames = 400;
        for (int i = 0; i < Frames; i++)
        {
            Assert.True(scene.TryRead(out Frame? frame));
            preprocessor.Run(frame, session.Input<sbyte>());
            session.Run();
            float[] scores = [.. session.Output<sbyte>().ToArray().Select(v => (float)v)];
            if (model.Metadata.Labels[RuntimeEvaluation.IndexOfLargest(scores)] == frame.Label)
                right++;
        }

        Assert.True(right >= Frames * 95 / 100, $"{right} of {Frames} frames are read right; 95 % are expected");
    }

    [Fact]
    public void Digits_model_has_the_accuracy_of_its_card_on_the_first_test_pictures()
    {
        TestData.Require("mnist");
        DataSplits mnist = DataSets.Load("mnist", TestData.Root, 0, 1);
        using EdgeModel model = EdgeModel.Load(Path.Combine(TestData.Repository, "deploy/models/digits-int8.edge"));
        ImagePreprocessing picture = model.Metadata.Preprocessing!;
        Network network = NetworkCatalog.Create(
            "digits-cnn", new NetworkRequest(new PictureShape(28, 28, 1), 10, "int8"), mnist.Test.Classes, new Normalization(picture.Mean, picture.Deviation), 1);
        double accuracy = RuntimeEvaluation.Accuracy(model, network, mnist.Test.Take(2000));
        Assert.InRange(accuracy, 0.985, 1);
    }
}
