using System.Text.Json;
using EdgeRuntime.Camera;

namespace EdgeRuntime.Daemon;

/// <summary>What a configuration file leads to, complete and checked, so that taking it over cannot fail: a prepared network, and a source where that is another one.</summary>
internal sealed class ServiceSetup : IDisposable
{
    private ServiceSetup(DaemonConfig config, FramePipeline pipeline, IFrameSource? source)
    {
        Config = config;
        Pipeline = pipeline;
        Source = source;
    }

    /// <summary>The configuration.</summary>
    public DaemonConfig Config { get; }

    /// <summary>The network.</summary>
    public FramePipeline Pipeline { get; }

    /// <summary>The source of frames; null where the running one serves on.</summary>
    public IFrameSource? Source { get; private set; }

    /// <summary>Reads and prepares everything.</summary>
    /// <param name="configPath">The configuration file.</param>
    /// <param name="running">What is running, or null.</param>
    /// <param name="onProblem">Told of problems with frames.</param>
    public static ServiceSetup Load(string configPath, ServiceSetup? running, Action<CameraException> onProblem)
    {
        DaemonConfig config = ConfigFile.Read(configPath);
        FramePipeline pipeline = FramePipeline.Load(
            config.Model, config.Labels, config.Threads, labels => DecisionSettings.Of(config.Decision, labels), config.Top);
        try
        {
            ReporterFactory.Check(config.Reporters, pipeline.Current);
            bool same = running is not null && Text(config.Source) == Text(running.Config.Source);
            return new ServiceSetup(config, pipeline, same ? null : FrameSources.Open(config.Source, pipeline.InputSize, onProblem));
        }
        catch
        {
            pipeline.Dispose();
            throw;
        }
    }

    /// <summary>Whether the reporters of another setup serve this one: same configuration, same labels.</summary>
    public bool HasReportersOf(ServiceSetup other) =>
        Text(Config) == Text(other.Config)
        && Pipeline.Current.TopLabels.Length == other.Pipeline.Current.TopLabels.Length
        && Pipeline.Current.Labels.SequenceEqual(other.Pipeline.Current.Labels);

    /// <summary>Takes over the source that runs, where this setup has none of its own.</summary>
    public void TakeSource(ServiceSetup other)
    {
        if (Source is not null)
            return;
        Source = other.Source;
        other.Source = null;
    }

    public void Dispose()
    {
        Pipeline.Dispose();
        Source?.Dispose();
    }

    private static string Text(SourceConfig source) => JsonSerializer.Serialize(source, ConfigJson.Default.SourceConfig);

    private static string Text(DaemonConfig config) =>
        string.Join('\n', config.Reporters.Select(r => JsonSerializer.Serialize(r, ConfigJson.Default.ReporterConfig)));
}
