using System.Diagnostics;
using EdgeRuntime.Training.Data;
using EdgeRuntime.Training.Methods;
using EdgeRuntime.Training.Networks;
using EdgeRuntime.Training.Networks.Layers;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace EdgeRuntime.Training;

/// <summary>Where a run is, for a progress display.</summary>
public readonly record struct TrainingProgress(
    int Epoch, int Epochs, int Batch, int Batches, double Loss, double Accuracy, double PicturesPerSecond, TimeSpan TimeLeft, EpochRecord? Finished);

/// <summary>
/// Trains a network. The folder of the run holds <c>last.ckpt</c> (to go on from), <c>best.ckpt</c> (the best epoch on the validation set) and <c>log.json</c>.
/// A run that was stopped and resumed gives the same weights, bit for bit, as one that was not (on the same machine, with the same number of threads).
/// A run may be resumed with another number of epochs, to fit the time there is: the schedule of the learning rate goes on as that of the new number, and the log names the earlier one.
/// </summary>
public sealed class Trainer
{
    private static readonly TimeSpan CheckpointInterval = TimeSpan.FromMinutes(5);
    private readonly Network network;
    private readonly DataSplits data;
    private readonly TrainingOptions options;
    private readonly string folder;
    private readonly TrainingObjective objective;
    private readonly BatchLoader loader;
    private readonly Dictionary<string, Tensor> weights;
    private readonly List<(Parameter Weight, WeightMapping Mapping)> mapped;
    private readonly List<EpochRecord> history = [];
    private readonly List<SchedulePlan> plans = [];
    private int epoch;
    private int batch;
    private double lossSum;
    private long correct;
    private double best = -1;

    /// <summary>Prepares a run.</summary>
    /// <param name="network">The network; the mappings that its layers have now are those of the run.</param>
    /// <param name="data">Pictures to train, choose and test with.</param>
    /// <param name="options">How to train.</param>
    /// <param name="folder">Folder for checkpoints and log.</param>
    /// <param name="objective">What to minimise; null for the cross entropy with <see cref="TrainingOptions.LabelSmoothing"/>.</param>
    /// <exception cref="TrainingException">Options are out of range, or network and data do not fit.</exception>
    public Trainer(Network network, DataSplits data, TrainingOptions options, string folder, TrainingObjective? objective = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        var shape = new PictureShape(data.Train.Height, data.Train.Width, data.Train.Channels);
        if (shape != network.Input || data.Train.Classes.Count != network.Classes.Count)
            throw new TrainingException(TrainingError.InvalidOption, $"network '{network.Name}' takes {network.Input} and has {network.Classes.Count} classes; data set '{data.Name}' has {shape} and {data.Train.Classes.Count}");
        this.network = network;
        this.data = data;
        this.options = options;
        this.folder = folder;
        this.objective = objective ?? new CrossEntropyObjective(options.LabelSmoothing);
        loader = BatchLoader.ForTraining(data.Train, options.BatchSize, network.Normalization, options.Augmentation, options.Seed);
        weights = network.Body.state_dict();
        foreach (ConvLayer layer in network.Body.Walk().OfType<ConvLayer>())
            layer.UsesBFloat16 = options.BFloat16;
        foreach (LinearLayer layer in network.Body.Walk().OfType<LinearLayer>())
            layer.UsesBFloat16 = options.BFloat16;
        mapped = [.. network.Body.Walk().Select(l => l switch
        {
            ConvLayer c => (c.Weight, c.Mapping),
            LinearLayer f => (f.Weight, f.Mapping),
            _ => default,
        }).Where(p => p.Item1 is not null)];
    }

    /// <summary>Path of the checkpoint to go on from.</summary>
    public string LastCheckpoint => Path.Combine(folder, "last.ckpt");

    /// <summary>Path of the weights that were best on the validation set.</summary>
    public string BestCheckpoint => Path.Combine(folder, "best.ckpt");

    /// <summary>Path of the log.</summary>
    public string LogFile => Path.Combine(folder, "log.json");

    /// <summary>
    /// Trains to the end, loads the weights that were best on the validation set, and measures them once on the test set.
    /// </summary>
    /// <param name="resume">Whether to go on from <see cref="LastCheckpoint"/>.</param>
    /// <param name="progress">Receives where the run is, after every step.</param>
    /// <param name="cancel">Stops the run after the step in work, with a checkpoint.</param>
    /// <exception cref="OperationCanceledException">The run was stopped; it can be resumed.</exception>
    /// <exception cref="TrainingException">The checkpoint does not fit, the loss is no number, or a file cannot be written.</exception>
    public RunLog Run(bool resume, IProgress<TrainingProgress>? progress = null, CancellationToken cancel = default)
    {
        if (options.Threads > 0)
            set_num_threads(options.Threads);
        using Optimizer optimizer = Optimizer.Create(options.Optimizer, network.Body.named_parameters().Select(p => (p.name, p.parameter)), options.WeightDecay);
        if (resume)
            Restore(optimizer);
        var sinceCheckpoint = Stopwatch.StartNew();
        for (; epoch < options.Epochs; epoch++, batch = 0, lossSum = 0, correct = 0)
        {
            var clock = Stopwatch.StartNew();
            int firstBatch = batch;
            network.Body.train();
            for (; batch < loader.BatchCount;)
            {
                Step(optimizer);
                batch++;
                progress?.Report(Progress(clock, batch - firstBatch, null));
                if (cancel.IsCancellationRequested)
                {
                    Save(optimizer, LastCheckpoint);
                    cancel.ThrowIfCancellationRequested();
                }

                if (sinceCheckpoint.Elapsed > CheckpointInterval)
                {
                    Save(optimizer, LastCheckpoint);
                    sinceCheckpoint.Restart();
                }
            }

            EpochRecord record = FinishEpoch(optimizer, clock);
            progress?.Report(Progress(clock, batch - firstBatch, record));
        }

        LoadBest(network, BestCheckpoint);
        RunLog log = Log() with { TestAccuracy = Evaluation.Measure(network, data.Test).Accuracy };
        log.Write(LogFile);
        return log;
    }

    /// <summary>Loads the weights of a checkpoint into a network.</summary>
    /// <exception cref="TrainingException">The file is damaged or of another network.</exception>
    public static void LoadBest(Network network, string path)
    {
        ArgumentNullException.ThrowIfNull(network);
        using var scope = NewDisposeScope();
        Checkpoint.Read(path).CopyTo("weights/", network.Body.state_dict());
    }

    private void Step(Optimizer optimizer)
    {
        using var scope = NewDisposeScope();
        // Dropout and stochastic binarization draw from the library's generator, which starts anew each step: a resumed run draws the same.
        random.manual_seed((long)(new SeededRandom(options.Seed, (ulong)epoch, (ulong)batch).NextBits() >> 1));
        using Batch pictures = loader.Load(epoch, batch);
        optimizer.ZeroGradients();
        double progress = (epoch + batch / (double)loader.BatchCount) / options.Epochs;
        var (loss, logits) = objective.Compute(network, pictures, progress);
        double value = loss.item<float>();
        if (!double.IsFinite(value))
            throw new TrainingException(TrainingError.Diverged, $"the loss is {value} in epoch {epoch + 1}, step {batch + 1}, at learning rate {options.LearningRateAt(optimizer.Steps, loader.BatchCount)}");
        loss.backward();
        optimizer.Step(options.LearningRateAt(optimizer.Steps, loader.BatchCount));
        using (no_grad())
        {
            foreach (var (weight, mapping) in mapped)
                mapping.AfterStep(weight);
        }

        lossSum += value;
        correct += logits.argmax(1).eq(pictures.Labels).sum().item<long>();
    }

    private EpochRecord FinishEpoch(Optimizer optimizer, Stopwatch clock)
    {
        var (loss, accuracy) = data.Validation.Count > 0 ? Evaluation.Measure(network, data.Validation) : (0, 0);
        var record = new EpochRecord(
            epoch + 1, lossSum / loader.BatchCount, correct / (double)loader.PictureCount, loss, accuracy,
            options.LearningRateAt(optimizer.Steps, loader.BatchCount), clock.Elapsed.TotalSeconds);
        history.Add(record);
        // Without a validation set the last epoch counts.
        bool isBest = data.Validation.Count == 0 || accuracy > best;
        if (isBest)
            best = accuracy;
        if (isBest)
            Save(optimizer, BestCheckpoint, atEpochEnd: true);
        Save(optimizer, LastCheckpoint, atEpochEnd: true);
        Log().Write(LogFile);
        return record;
    }

    private TrainingProgress Progress(Stopwatch clock, int batches, EpochRecord? finished)
    {
        double seconds = Math.Max(1e-6, clock.Elapsed.TotalSeconds);
        long left = (long)(options.Epochs - epoch) * loader.BatchCount - batch;
        return new TrainingProgress(
            epoch + 1, options.Epochs, batch, loader.BatchCount, lossSum / Math.Max(1, batch), correct / (double)Math.Max(1, batch * loader.BatchSize),
            batches * loader.BatchSize / seconds, TimeSpan.FromSeconds(left * seconds / Math.Max(1, batches)), finished);
    }

    private RunLog Log() => new()
    {
        Network = network.Name,
        Method = network.Method,
        Data = data.Name,
        Pictures = [data.Train.Count, data.Validation.Count, data.Test.Count],
        Parameters = network.ParameterCount,
        Options = options,
        Objective = objective.Name,
        Commit = RunLog.CurrentCommit(),
        EarlierPlans = [.. plans],
        Epochs = [.. history],
        BestValidationAccuracy = best,
    };

    private void Save(Optimizer optimizer, string path, bool atEpochEnd = false)
    {
        var tensors = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (var (name, tensor) in weights)
            tensors["weights/" + name] = tensor;
        foreach (var (name, tensor) in optimizer.State)
            tensors["optimizer/" + name] = tensor;
        var header = new CheckpointHeader
        {
            Network = network.Name,
            Method = network.Method,
            Data = data.Name,
            Seed = options.Seed,
            BatchSize = options.BatchSize,
            Epochs = options.Epochs,
            Epoch = atEpochEnd ? epoch + 1 : epoch,
            Batch = atEpochEnd ? 0 : batch,
            OptimizerSteps = optimizer.Steps,
            LossSum = atEpochEnd ? 0 : lossSum,
            Correct = atEpochEnd ? 0 : correct,
            BestAccuracy = best,
            History = [.. history],
            EarlierPlans = [.. plans],
            Structure = NetworkStructure.Supports(network) ? NetworkStructure.Of(network) : null,
        };
        new Checkpoint { Header = header, Tensors = tensors }.Write(path);
    }

    private void Restore(Optimizer optimizer)
    {
        using var scope = NewDisposeScope();
        Checkpoint checkpoint = Checkpoint.Read(LastCheckpoint);
        CheckpointHeader header = checkpoint.Header;
        Same("network", header.Network, network.Name);
        Same("method", header.Method, network.Method);
        Same("data set", header.Data, data.Name);
        Same("seed", header.Seed, options.Seed);
        Same("batch size", header.BatchSize, options.BatchSize);
        if (header.Epoch > options.Epochs)
            throw new TrainingException(TrainingError.Checkpoint, $"the checkpoint has {header.Epoch} epochs behind it, this run is to have {options.Epochs}");
        checkpoint.CopyTo("weights/", weights);
        checkpoint.CopyTo("optimizer/", optimizer.State);
        optimizer.Steps = header.OptimizerSteps;
        (epoch, batch, lossSum, correct, best) = (header.Epoch, header.Batch, header.LossSum, header.Correct, header.BestAccuracy);
        plans.Clear();
        plans.AddRange(header.EarlierPlans ?? []);
        if (header.Epochs != options.Epochs)
            plans.Add(new SchedulePlan(header.Epochs, header.Epoch, header.Batch));
        history.Clear();
        history.AddRange(header.History);
    }

    private static void Same<T>(string what, T stored, T wanted)
        where T : IEquatable<T>
    {
        if (!stored.Equals(wanted))
            throw new TrainingException(TrainingError.Checkpoint, $"the checkpoint's {what} is {stored}, this run's is {wanted}; a run is resumed with the same options");
    }
}
