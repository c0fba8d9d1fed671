using System.Diagnostics;
using EdgeRuntime.Training.Data;
using EdgeRuntime.Training.Networks;
using EdgeRuntime.Training.Networks.Layers;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace EdgeRuntime.Training.Pruning;

/// <summary>
/// Trains a network further for a few epochs, in memory: what comes between two rounds of pruning, and what tunes shared weights. Masks hold, since they are mappings of the weights. The weights
/// that were best on the validation set stay.
/// </summary>
internal sealed class Retraining
{
    private readonly Network network;
    private readonly DataSplits data;
    private readonly TrainingOptions options;
    private readonly BatchLoader loader;
    private readonly List<(string Name, Parameter Value)> parameters;
    private readonly bool tunesOthers;
    private readonly Action? afterStep;
    private int epochsDone;

    /// <summary>Prepares the training.</summary>
    /// <param name="network">Network that is changed.</param>
    /// <param name="data">Pictures; the test set is not looked at.</param>
    /// <param name="options">Options; epochs are those of one call of <see cref="Run"/>.</param>
    /// <param name="parameters">What the optimizer changes; null for all of the network.</param>
    /// <param name="afterStep">Called after each step, without gradients.</param>
    public Retraining(
        Network network, DataSplits data, TrainingOptions options, IEnumerable<(string Name, Parameter Value)>? parameters = null, Action? afterStep = null)
    {
        options.Validate();
        this.network = network;
        this.data = data;
        this.options = options;
        this.afterStep = afterStep;
        tunesOthers = parameters is not null;
        this.parameters = [.. parameters ?? network.Body.named_parameters().Select(p => (p.name, p.parameter))];
        loader = BatchLoader.ForTraining(data.Train, options.BatchSize, network.Normalization, options.Augmentation, options.Seed);
    }

    /// <summary>Trains for a number of steps with the learning rate's whole course, without looking at the validation set.</summary>
    /// <exception cref="TrainingException">The loss is no number.</exception>
    public void RunSteps(int steps, CancellationToken cancel)
    {
        if (options.Threads > 0)
            set_num_threads(options.Threads);
        using Optimizer optimizer = Optimizer.Create(options.Optimizer, parameters, options.WeightDecay);
        double loss = 0;
        long correct = 0;
        network.Body.train();
        for (int step = 0; step < steps; step++)
        {
            cancel.ThrowIfCancellationRequested();
            epochsDone = step / loader.BatchCount;
            Step(optimizer, step % loader.BatchCount, steps, ref loss, ref correct);
        }

        network.Body.eval();
    }

    /// <summary>Called after each epoch with its figures.</summary>
    public Action<EpochRecord>? Progress { get; set; }

    /// <summary>Trains for the options' number of epochs and keeps the best weights.</summary>
    /// <param name="cancel">Stops after the step in work.</param>
    /// <param name="keepBest">Whether the best epoch's weights are brought back; otherwise the last one's stay.</param>
    /// <returns>The epochs.</returns>
    /// <exception cref="TrainingException">The loss is no number.</exception>
    public IReadOnlyList<EpochRecord> Run(CancellationToken cancel, bool keepBest = true)
    {
        if (options.Threads > 0)
            set_num_threads(options.Threads);
        using Optimizer optimizer = Optimizer.Create(options.Optimizer, parameters, options.WeightDecay);
        var records = new List<EpochRecord>();
        var best = new Dictionary<string, Tensor>();
        double bestAccuracy = -1;
        for (int epoch = 0; epoch < options.Epochs; epoch++, epochsDone++)
        {
            var clock = Stopwatch.StartNew();
            double loss = 0;
            long correct = 0;
            network.Body.train();
            for (int batch = 0; batch < loader.BatchCount; batch++)
            {
                cancel.ThrowIfCancellationRequested();
                Step(optimizer, batch, options.Epochs * loader.BatchCount, ref loss, ref correct);
            }

            network.Body.eval();
            bool hasValidation = data.Validation.Count > 0;
            var (validationLoss, accuracy) = hasValidation ? Evaluation.Measure(network, data.Validation) : (0, 0);
            var record = new EpochRecord(
                epochsDone + 1, loss / loader.BatchCount, correct / (double)loader.PictureCount, validationLoss, accuracy,
                options.LearningRateAt(optimizer.Steps, loader.BatchCount), clock.Elapsed.TotalSeconds);
            records.Add(record);
            Progress?.Invoke(record);
            if (keepBest && (!hasValidation || accuracy > bestAccuracy))
            {
                bestAccuracy = accuracy;
                Remember(best);
            }
        }

        if (keepBest)
            BringBack(best);
        return records;
    }

    private void Step(Optimizer optimizer, int batch, int steps, ref double lossSum, ref long correct)
    {
        using var scope = NewDisposeScope();
        random.manual_seed((long)(new SeededRandom(options.Seed, (ulong)epochsDone, (ulong)batch).NextBits() >> 1));
        using Batch pictures = loader.Load(epochsDone, batch);
        optimizer.ZeroGradients();
        Tensor logits = network.Body.call(pictures.Images);
        Tensor loss = nn.functional.cross_entropy(logits, pictures.Labels, label_smoothing: options.LabelSmoothing);
        double value = loss.item<float>();
        if (!double.IsFinite(value))
            throw new TrainingException(TrainingError.Diverged, $"the loss is {value} in epoch {epochsDone + 1}, step {batch + 1} of the retraining");
        loss.backward();
        optimizer.Step((options with { Epochs = 1 }).LearningRateAt(optimizer.Steps, steps));
        using (no_grad())
        {
            foreach (Layer layer in network.Body.Walk())
            {
                if (layer is ConvLayer c)
                    c.Mapping.AfterStep(c.Weight);
                else if (layer is LinearLayer f)
                    f.Mapping.AfterStep(f.Weight);
            }

            afterStep?.Invoke();
        }

        lossSum += value;
        correct += logits.argmax(1).eq(pictures.Labels).sum().item<long>();
    }

    // Parameters that are tuned may stand outside of the network (shared values), so that they are remembered too.
    private IEnumerable<(string Name, Tensor Value)> State() =>
        network.Body.state_dict().Select(p => (p.Key, p.Value)).Concat(tunesOthers ? parameters.Select(p => ("tuned/" + p.Name, (Tensor)p.Value)) : []);

    private void Remember(Dictionary<string, Tensor> store)
    {
        using var quiet = no_grad();
        foreach (var (name, value) in State())
        {
            if (store.TryGetValue(name, out Tensor? copy))
                copy.copy_(value);
            else
                store[name] = value.detach().clone().DetachFromDisposeScope();
        }
    }

    private void BringBack(Dictionary<string, Tensor> store)
    {
        using var quiet = no_grad();
        foreach (var (name, value) in State())
            value.copy_(store[name]);
        foreach (Tensor copy in store.Values)
            copy.Dispose();
    }
}
