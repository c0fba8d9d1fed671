using EdgeRuntime.Training.Data;
using EdgeRuntime.Training.Networks;

namespace EdgeRuntime.Training.Tests.Trainer;

public class TrainerTests
{
    private static readonly TrainingOptions Options = new()
    {
        Epochs = 4,
        BatchSize = 16,
        LearningRate = 0.01,
        WarmupSteps = 4,
        LabelSmoothing = 0.05,
        Augmentation = new Augmentation { Shift = 1, Flip = true },
        Threads = 1,
    };

    [Theory]
    [InlineData(OptimizerKind.Adam)]
    [InlineData(OptimizerKind.Sgd)]
    public void A_small_network_learns_bars_and_the_log_tells_every_epoch(OptimizerKind optimizer)
    {
        using var folder = new TemporaryFolder();
        Network network = Make(1);
        var trainer = new Training.Trainer(network, Bars(), Options with { Optimizer = optimizer }, folder.Path);
        RunLog log = trainer.Run(resume: false);
        Assert.True(log.TestAccuracy > 0.9, $"accuracy {log.TestAccuracy}");
        RunLog stored = RunLog.Read(trainer.LogFile);
        Assert.Equal([1, 2, 3, 4], stored.Epochs.Select(e => e.Epoch));
        Assert.Equal(log.TestAccuracy, stored.TestAccuracy);
        Assert.Equal(stored.Epochs.Max(e => e.ValidationAccuracy), stored.BestValidationAccuracy);
        Assert.Equal(Options.Seed, stored.Options.Seed);
        Assert.True(log.Epochs[3].TrainLoss < log.Epochs[0].TrainLoss);
        string curve = folder.File("curve.png");
        LearningCurve.Write(curve, log);
        Assert.True(File.ReadAllBytes(curve).AsSpan().StartsWith((ReadOnlySpan<byte>)[0x89, 0x50, 0x4e, 0x47]));
    }

    [Fact]
    public void A_run_stopped_in_the_middle_of_an_epoch_and_resumed_ends_with_the_same_weights()
    {
        using var straight = new TemporaryFolder();
        using var stopped = new TemporaryFolder();
        Network whole = Make(1), parts = Make(1), fresh = Make(9);
        RunLog expected = new Training.Trainer(whole, Bars(), Options, straight.Path).Run(resume: false);

        using var cancel = new CancellationTokenSource();
        var stopAt = new StopAfter(2, 3, cancel);
        Assert.Throws<OperationCanceledException>(() => new Training.Trainer(parts, Bars(), Options, stopped.Path).Run(resume: false, stopAt, cancel.Token));
        // Weights of another seed show that everything comes from the checkpoint.
        RunLog resumed = new Training.Trainer(fresh, Bars(), Options, stopped.Path).Run(resume: true);

        Assert.Equal(Weights(whole), Weights(fresh));
        Assert.Equal(expected.Epochs.Select(e => e with { Seconds = 0 }), resumed.Epochs.Select(e => e with { Seconds = 0 }));
        Assert.Equal(expected.TestAccuracy, resumed.TestAccuracy);
    }

    [Fact]
    public void A_run_may_be_resumed_with_another_number_of_epochs_and_the_log_says_so()
    {
        using var folder = new TemporaryFolder();
        var options = Options with { Epochs = 2 };
        new Training.Trainer(Make(1), Bars(), options, folder.Path).Run(resume: false);
        RunLog longer = new Training.Trainer(Make(1), Bars(), options with { Epochs = 3 }, folder.Path).Run(resume: true);
        Assert.Equal(3, longer.Epochs.Count);
        Assert.Equal(new SchedulePlan(2, 2, 0), Assert.Single(longer.EarlierPlans));
        Assert.Equal([new SchedulePlan(2, 2, 0)], RunLog.Read(folder.File("log.json")).EarlierPlans);
        var shorter = Assert.Throws<TrainingException>(() => new Training.Trainer(Make(1), Bars(), options with { Epochs = 1 }, folder.Path).Run(resume: true));
        Assert.Contains("has 3 epochs behind it, this run is to have 1", shorter.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_checkpoint_of_another_run_or_a_damaged_one_is_refused_in_one_line()
    {
        using var folder = new TemporaryFolder();
        var options = Options with { Epochs = 1 };
        var trainer = new Training.Trainer(Make(1), Bars(), options, folder.Path);
        trainer.Run(resume: false);
        var seed = Assert.Throws<TrainingException>(() => new Training.Trainer(Make(1), Bars(), options with { Seed = 2 }, folder.Path).Run(resume: true));
        Assert.Contains("seed is 1, this run's is 2", seed.Message, StringComparison.Ordinal);
        Network wide = Make(1, width: 2);
        var width = Assert.Throws<TrainingException>(() => new Training.Trainer(wide, Bars(), options, folder.Path).Run(resume: true));
        Assert.Contains("in the network", width.Message, StringComparison.Ordinal);

        byte[] bytes = File.ReadAllBytes(trainer.LastCheckpoint);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(trainer.LastCheckpoint, bytes);
        var damaged = Assert.Throws<TrainingException>(() => new Training.Trainer(Make(1), Bars(), options, folder.Path).Run(resume: true));
        Assert.Equal(TrainingError.Checkpoint, damaged.Error);
        File.WriteAllText(trainer.LastCheckpoint, "short");
        Assert.EndsWith("is no checkpoint", Assert.Throws<TrainingException>(() => new Training.Trainer(Make(1), Bars(), options, folder.Path).Run(resume: true)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_checkpoint_that_cannot_be_written_leaves_the_previous_one()
    {
        using var folder = new TemporaryFolder();
        var options = Options with { Epochs = 1 };
        var trainer = new Training.Trainer(Make(1), Bars(), options, folder.Path);
        trainer.Run(resume: false);
        byte[] before = File.ReadAllBytes(trainer.LastCheckpoint);
        // A folder in the place of the temporary file fails like a full disk, before the rename.
        Directory.CreateDirectory(trainer.LastCheckpoint + ".tmp");
        var failed = Assert.Throws<TrainingException>(() => new Training.Trainer(Make(2), Bars(), options, folder.Path).Run(resume: false));
        Assert.Equal(TrainingError.File, failed.Error);
        Assert.Equal(before, File.ReadAllBytes(trainer.LastCheckpoint));
    }

    [Fact]
    public void A_full_disk_during_a_checkpoint_is_one_line_and_the_previous_one_goes_on()
    {
        using var folder = new TemporaryFolder();
        var options = Options with { Epochs = 1 };
        var trainer = new Training.Trainer(Make(1), Bars(), options, folder.Path);
        trainer.Run(resume: false);
        byte[] before = File.ReadAllBytes(trainer.LastCheckpoint);
        // The kernel's own full device: every write to it fails with ENOSPC.
        File.CreateSymbolicLink(trainer.LastCheckpoint + ".tmp", "/dev/full");
        var failed = Assert.Throws<TrainingException>(() => new Training.Trainer(Make(2), Bars(), options, folder.Path).Run(resume: false));
        Assert.Equal(TrainingError.File, failed.Error);
        Assert.Contains("No space left", failed.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', failed.Message);
        Assert.Equal(before, File.ReadAllBytes(trainer.LastCheckpoint));
        File.Delete(trainer.LastCheckpoint + ".tmp");
        Assert.NotNull(new Training.Trainer(Make(3), Bars(), options, folder.Path).Run(resume: true).TestAccuracy);
    }

    [Fact]
    public void Data_that_does_not_fit_the_network_and_options_out_of_range_are_refused()
    {
        using var folder = new TemporaryFolder();
        DataSplits grey = Bars();
        ImageSet colour = TestData.Bars(10, 12, 3, 4, 1);
        var shape = Assert.Throws<TrainingException>(() => new Training.Trainer(Make(1), grey with { Train = colour }, Options, folder.Path));
        Assert.Contains("takes 12x12x1", shape.Message, StringComparison.Ordinal);
        Assert.Throws<TrainingException>(() => new Training.Trainer(Make(1), grey, Options with { LabelSmoothing = 1 }, folder.Path));
        Assert.Contains("known are", Assert.Throws<TrainingException>(() => NetworkCatalog.Create("none", new NetworkRequest(default, 2, "float"), [], Normalization.Symmetric(1), 1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Learning_rates_follow_their_schedules()
    {
        var options = new TrainingOptions { Epochs = 10, LearningRate = 1, WarmupSteps = 10 };
        Assert.Equal(0.1, options.LearningRateAt(0, 100), 6);
        Assert.Equal(0.5, options.LearningRateAt(500, 100), 6);
        Assert.Equal(0, options.LearningRateAt(1000, 100), 6);
        TrainingOptions step = options with { Schedule = LearningRateSchedule.Step };
        Assert.Equal([1, 0.1, 0.01], new long[] { 499, 500, 750 }.Select(s => Math.Round(step.LearningRateAt(s, 100), 6)));
        Assert.Equal(1e-3, (options with { Schedule = LearningRateSchedule.Exponential }).LearningRateAt(1000, 100), 9);
    }

    private static Network Make(ulong seed, double width = 0.5) =>
        NetworkCatalog.Create("digits-cnn", new NetworkRequest(new PictureShape(12, 12, 1), 4, "float", width), ["0", "1", "2", "3"], Normalization.Symmetric(1), seed);

    private static DataSplits Bars() =>
        new("bars", TestData.Bars(160, 12, 1, 4, 1), TestData.Bars(60, 12, 1, 4, 2), TestData.Bars(80, 12, 1, 4, 3));

    private static float[] Weights(Network network) => [.. network.Body.state_dict().SelectMany(t => t.Value.data<float>())];

    private sealed class StopAfter(int epoch, int batch, CancellationTokenSource source) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            if (value.Epoch == epoch && value.Batch == batch)
                source.Cancel();
        }
    }
}
