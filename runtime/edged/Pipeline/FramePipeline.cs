using System.Diagnostics;
using System.Globalization;
using EdgeRuntime.Camera;
using EdgeRuntime.Model;

namespace EdgeRuntime.Daemon;

/// <summary>
/// One network on frames: conversion to its input, inference, decision. Everything is prepared before the first frame; a frame allocates
/// nothing once the conversion has seen its format.
/// </summary>
internal sealed class FramePipeline : IDisposable
{
    private readonly EdgeModel model;
    private readonly PreparedModel prepared;
    private readonly Session session;
    private readonly FramePreprocessor preprocessor;
    private readonly DecisionFilter filter;
    private readonly Scores scores;
    private readonly bool isFloat;

    private FramePipeline(EdgeModel model, PreparedModel prepared, Session session, IReadOnlyList<string> labels, Func<IReadOnlyList<string>, DecisionOptions> decision, int top)
    {
        this.model = model;
        this.prepared = prepared;
        this.session = session;
        preprocessor = new FramePreprocessor(InputTransform.Of(model));
        scores = new Scores(session, labels);
        if (labels.Count == 0)
            labels = [.. Enumerable.Range(0, scores.Count).Select(i => i.ToString(CultureInfo.InvariantCulture))];
        filter = new DecisionFilter(scores.Count, decision(labels));
        isFloat = prepared.Graph.Tensors[prepared.Graph.Inputs[0]].Type == DataType.Float32;
        Current = new Prediction(labels, Math.Min(top, scores.Count));
    }

    /// <summary>The prediction of the last frame; filled again by the next.</summary>
    public Prediction Current { get; }

    /// <summary>Width and height of the network's input.</summary>
    public (int Width, int Height) InputSize => (preprocessor.Transform.Width, preprocessor.Transform.Height);

    /// <summary>Loads and prepares a network.</summary>
    /// <param name="modelPath">An .edge file.</param>
    /// <param name="labelPath">Names of the classes instead of the model's own, or null.</param>
    /// <param name="threads">Threads of inference.</param>
    /// <param name="decision">Decision logic, given the names of the classes.</param>
    /// <param name="top">Labels to keep per frame.</param>
    /// <param name="maxArenaBytes">Working memory that the network may have; half of what this process may have unless given, at most 1 GiB.</param>
    public static FramePipeline Load(
        string modelPath, string? labelPath, int threads, Func<IReadOnlyList<string>, DecisionOptions> decision, int top, long? maxArenaBytes = null)
    {
        EdgeModel? model = null;
        PreparedModel? prepared = null;
        Session? session = null;
        try
        {
            model = EdgeModel.Load(modelPath);
            long limit = maxArenaBytes ?? Math.Min(new PrepareOptions().MaxArenaBytes, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2);
            prepared = model.Prepare(new PrepareOptions { MaxArenaBytes = limit });
            session = prepared.CreateSession(threads: threads);
            IReadOnlyList<string> labels = labelPath is null ? model.Metadata.Labels : LabelFile.Read(labelPath);
            return new FramePipeline(model, prepared, session, labels, decision, top);
        }
        catch
        {
            session?.Dispose();
            prepared?.Dispose();
            model?.Dispose();
            throw;
        }
    }

    /// <summary>Recognises one frame; the result is in <see cref="Current"/>.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="capture">What waiting for the frame took.</param>
    /// <exception cref="CameraException">The frame is incomplete.</exception>
    public void Process(Frame frame, TimeSpan capture)
    {
        long start = Stopwatch.GetTimestamp();
        if (isFloat)
            preprocessor.Run(frame, session.Input<float>());
        else
            preprocessor.Run(frame, session.Input<sbyte>());
        long converted = Stopwatch.GetTimestamp();
        session.Run();
        long inferred = Stopwatch.GetTimestamp();

        Prediction p = Current;
        p.DecisionChanged = filter.Update(scores.Read(), frame.Timestamp);
        p.Decision = filter.Decision;
        p.Confidence = p.Decision == DecisionFilter.None ? 0 : filter.Probabilities[p.Decision];
        p.SetTop(filter.Probabilities);
        p.Frame = frame.Sequence;
        p.Time = DateTimeOffset.UtcNow;
        p.FrameName = frame.Name;
        p.TrueLabel = frame.Label;
        long decided = Stopwatch.GetTimestamp();
        p.Times = new StageTimes((long)capture.TotalMicroseconds, Microseconds(start, converted), Microseconds(converted, inferred), Microseconds(inferred, decided));
    }

    public void Dispose()
    {
        session.Dispose();
        prepared.Dispose();
        model.Dispose();
    }

    private static long Microseconds(long from, long to) => (long)Stopwatch.GetElapsedTime(from, to).TotalMicroseconds;
}
