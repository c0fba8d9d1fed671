using System.Globalization;
using EdgeRuntime.Compiler.Generation;
using EdgeRuntime.Compiler.Results;
using EdgeRuntime.Model;
using EdgeRuntime.Training;
using EdgeRuntime.Training.Data;
using EdgeRuntime.Training.Export;
using EdgeRuntime.Training.Networks;
using EdgeRuntime.Training.Pruning.Filters;

namespace EdgeRuntime.Compiler.Filters;

/// <summary>
/// One run of <c>edgec prune-filters</c>: the same network narrowed by each criterion and share in turn, with the accuracies of the runtime before and after retraining. The log is written after
/// each network, so that a run that was stopped can go on.
/// </summary>
internal sealed class FilterPruningRun
{
    private readonly Network network;
    private readonly DataSplits data;
    private readonly TrainingOptions training;
    private readonly int steps;
    private readonly string? file;
    private readonly TextWriter text;
    private readonly ResultLog log;

    /// <param name="network">The trained network, which is not changed.</param>
    /// <param name="data">Pictures; accuracies are those of the test set.</param>
    /// <param name="training">Options of the retraining.</param>
    /// <param name="steps">Steps of the retraining; 0: none.</param>
    /// <param name="file">Log that is written, and read first if <paramref name="resume"/>.</param>
    /// <param name="resume">Whether networks that the log holds are taken from there.</param>
    /// <param name="command">The command line.</param>
    /// <param name="text">Receives a line about each network.</param>
    /// <exception cref="CommandException">The log to go on with is of another run.</exception>
    public FilterPruningRun(Network network, DataSplits data, TrainingOptions training, int steps, string? file, bool resume, string command, TextWriter text)
    {
        (this.network, this.data, this.training, this.steps, this.file, this.text) = (network, data, training, steps, file, text);
        log = resume && File.Exists(file) ? ResultLog.Read(file) : new ResultLog { Command = command, Seed = training.Seed };
        if (log.Command != command)
            throw new CommandException(ExitCode.Usage, $"log {file} is of another run, which cannot go on with these options: {log.Command}");
        log.Configuration["network"] = network.Name;
        log.Configuration["data"] = data.Name;
        log.Configuration["steps"] = steps.ToString(CultureInfo.InvariantCulture);
        log.Configuration["machine"] = FormMeasurement.Machine;
    }

    /// <summary>Measures the whole network, if the log does not hold it.</summary>
    public void MeasureWhole()
    {
        if (!log.Figures.TryGetValue("baseline.testAccuracy", out double accuracy))
        {
            using EdgeModel whole = NetworkExport.ToModel(network, new ModelMetadata());
            Measure(whole, network, "baseline", out accuracy);
            log.Figures["baseline.testAccuracy"] = accuracy;
            Write();
        }

        text.WriteLine(Invariant($"{network.Name}: {network.ParameterCount:N0} parameters, test {accuracy:P2}"));
    }

    /// <summary>Narrows the network, retrains and measures it; nothing happens where the log holds the figures.</summary>
    /// <param name="criterion">What tells important filters.</param>
    /// <param name="share">Share of the filters that is removed.</param>
    /// <param name="output">File of the narrower network, which gets a checkpoint beside it; null for none.</param>
    /// <param name="cancel">Stops after the step in work.</param>
    public void Narrow(FilterCriterion criterion, double share, string? output, CancellationToken cancel)
    {
        string key = Invariant($"{criterion}.{share * 100:F0}");
        if (output is null && log.Figures.ContainsKey(key + ".retrainedTestAccuracy"))
            return;
        Network narrow = FilterPruning.Prune(network, criterion, share, data.Train, training.Seed);
        double cut;
        using (EdgeModel model = NetworkExport.ToModel(narrow, new ModelMetadata()))
            cut = RuntimeEvaluation.Accuracy(model, narrow, data.Test);
        FilterPruning.Retrain(narrow, data, training, steps, cancel);
        using EdgeModel retrained = NetworkExport.ToModel(narrow, new ModelMetadata { Name = output is null ? "" : Path.GetFileNameWithoutExtension(output), CreatedBy = log.Command });
        string form = Invariant($"all.{share * 100:F0}");
        double microseconds = Measure(retrained, narrow, form, out double accuracy);
        log.Figures[key + ".cutTestAccuracy"] = cut;
        log.Figures[key + ".retrainedTestAccuracy"] = accuracy;
        Write();
        text.WriteLine(Invariant($"{criterion}, {share:P0} removed: {narrow.ParameterCount:N0} parameters, {log.Figures[form + ".multiplyAccumulates"]:N0} multiply-accumulates, ")
            + Invariant($"{microseconds:N0} us (whole: {log.Figures["baseline.microseconds"]:N0} us), test {cut:P2} cut, {accuracy:P2} retrained"));
        text.Flush();
        if (output is null)
            return;
        retrained.Save(output);
        NetworkStore.Save(narrow, Path.ChangeExtension(output, ".ckpt"), data.Name);
    }

    /// <summary>Measures size, time and accuracy of a network in the runtime. Networks of one share are equally large, so that the shortest of their times is kept.</summary>
    private double Measure(EdgeModel model, Network form, string key, out double accuracy)
    {
        accuracy = RuntimeEvaluation.Accuracy(model, form, data.Test);
        double microseconds = Math.Round(FormMeasurement.Shortest(model, training.Seed), 1);
        log.Figures[key + ".microseconds"] = Math.Min(microseconds, log.Figures.GetValueOrDefault(key + ".microseconds", double.PositiveInfinity));
        log.Figures[key + ".multiplyAccumulates"] = ModelCard.MultiplyAccumulates(model.Graph);
        log.Figures[key + ".parameters"] = form.ParameterCount;
        return microseconds;
    }

    private void Write()
    {
        if (file is not null)
            log.Write(file);
    }

    private static string Invariant(FormattableString line) => FormattableString.Invariant(line);
}
