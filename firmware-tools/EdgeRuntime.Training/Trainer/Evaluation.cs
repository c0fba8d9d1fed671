using EdgeRuntime.Training.Data;
using EdgeRuntime.Training.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace EdgeRuntime.Training;

/// <summary>Runs a network over a set in use mode.</summary>
public static class Evaluation
{
    /// <summary>Mean cross entropy and accuracy (0..1).</summary>
    public static (double Loss, double Accuracy) Measure(Network network, ImageSet set, int batchSize = 250)
    {
        double loss = 0;
        long correct = 0;
        ForEachBatch(network, set, batchSize, (logits, labels) =>
        {
            loss += nn.functional.cross_entropy(logits, labels, reduction: nn.Reduction.Sum).item<float>();
            correct += logits.argmax(1).eq(labels).sum().item<long>();
        });
        return (loss / Math.Max(1, set.Count), correct / (double)Math.Max(1, set.Count));
    }

    /// <summary>Scores of every picture, [count, classes], row by row.</summary>
    public static float[] Logits(Network network, ImageSet set, int batchSize = 250)
    {
        var all = new List<float>();
        ForEachBatch(network, set, batchSize, (logits, _) => all.AddRange(logits.data<float>()));
        return [.. all];
    }

    /// <summary>Calls <paramref name="visit"/> with the scores and labels of each batch, in order.</summary>
    internal static void ForEachBatch(Network network, ImageSet set, int batchSize, Action<Tensor, Tensor> visit)
    {
        bool training = network.Body.training;
        network.Body.eval();
        try
        {
            BatchLoader loader = BatchLoader.ForEvaluation(set, batchSize, network.Normalization);
            using var quiet = no_grad();
            for (int b = 0; b < loader.BatchCount; b++)
            {
                using var scope = NewDisposeScope();
                using Batch batch = loader.Load(0, b);
                visit(network.Body.call(batch.Images), batch.Labels);
            }
        }
        finally
        {
            network.Body.train(training);
        }
    }
}
