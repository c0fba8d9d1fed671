using System.Globalization;
using EdgeRuntime.Camera;

namespace EdgeRuntime.Daemon;

/// <summary>Checks of what a configuration names: model, source, pins, ports, files.</summary>
internal static class ServiceChecks
{
    /// <summary>All checks of a configuration file.</summary>
    public static IEnumerable<Finding> Run(string configPath)
    {
        DaemonConfig? config = null;
        yield return Check("configuration", "correct it, then: systemctl reload edge-runtime", () =>
        {
            config = ConfigFile.Read(configPath);
            return configPath;
        });
        if (config is null)
            yield break;

        FramePipeline? pipeline = null;
        yield return Check("model", "copy an .edge file there that this version can read; edgec inspect shows what is in it", () =>
        {
            pipeline = FramePipeline.Load(config.Model, config.Labels, 1, labels => DecisionSettings.Of(config.Decision, labels), config.Top);
            return $"{config.Model}: input {pipeline.InputSize.Width}x{pipeline.InputSize.Height}, {pipeline.Current.Labels.Count} labels";
        });
        using FramePipeline? loaded = pipeline;
        yield return Source(config.Source, pipeline?.InputSize ?? default);
        foreach (ReporterConfig reporter in config.Reporters)
        {
            if (Reporter(reporter, pipeline?.Current.Labels) is { } finding)
                yield return finding;
        }
    }

    private static Finding Source(SourceConfig config, (int Width, int Height) enough)
    {
        if (config.Kind == SourceKind.Camera)
        {
            V4l2Options options = FrameSources.CameraOptions(config, enough);
            return Camera(() => new V4l2Source(options), "plug the camera in; edged camera list shows what there is; the user must be in the group video");
        }

        if (config.Kind == SourceKind.Rpicam)
            return Camera(() => FrameSources.OpenOnce(config, enough), "install rpicam-apps; rpicam-hello --list-cameras shows what there is; check the ribbon cable");
        return Check("source", "correct the source's path", () =>
        {
            using IFrameSource source = FrameSources.Open(config, enough, _ => { });
            return source.TryRead(out _) ? source.Description : throw new DaemonException(ExitCode.Input, $"{source.Description} has no frames");
        });
    }

    private static Finding Camera(Func<IFrameSource> open, string advice)
    {
        try
        {
            using IFrameSource source = open();
            return source.TryRead(out Frame? frame)
                ? new Finding(FindingState.Good, "camera", $"{source.Description}; it delivers frames ({frame.Data.Length} bytes)")
                : new Finding(FindingState.Bad, "camera", $"{source.Description} delivers no frames", advice);
        }
        catch (CameraException e) when (e.Kind == CameraErrorKind.Busy)
        {
            return new Finding(FindingState.Note, "camera", e.Message, "where the service runs it is the one that uses the camera: systemctl status edge-runtime");
        }
        catch (CameraException e)
        {
            return new Finding(FindingState.Bad, "camera", e.Message, advice);
        }
    }

    private static Finding? Reporter(ReporterConfig config, IReadOnlyList<string>? labels)
    {
        switch (config.Kind)
        {
            case ReporterKind.Gpio:
                return Check("pins", "gpiodetect and gpioinfo show chips and users of lines; a running service holds its own pins; the user must be in the group gpio", () =>
                {
                    if (labels is not null)
                        PinWiring.Of(config, labels);
                    int[] lines = PinWiring.LinesOf(config);
                    new GpioChip(config.Chip, lines, config.ActiveLow ?? false).Dispose();
                    return $"lines {string.Join(", ", lines)} can be driven";
                });
            case ReporterKind.Serial:
                string path = config.Path ?? "/dev/serial0";
                return Check("serial port", "switch it on with raspi-config (serial port yes, login shell no); the user must be in the group dialout", () =>
                {
                    using var port = new System.IO.Ports.SerialPort(path, config.BaudRate ?? 115_200);
                    port.Open();
                    return string.Create(CultureInfo.InvariantCulture, $"{path} opens with {port.BaudRate} bits a second");
                });
            case ReporterKind.File:
                return Check("file", "the service may write below /var/lib/edge-runtime and /run/edge-runtime; make room on a full disk", () =>
                {
                    long free = new DriveInfo(Path.GetDirectoryName(config.Path!)!).AvailableFreeSpace;
                    return free >= 1 << 20 ? $"{config.Path}: {free >> 20} MB free" : throw new IOException($"{config.Path}: the disk has {free} bytes left");
                });
            default:
                return null;
        }
    }

    private static Finding Check(string subject, string advice, Func<string> check)
    {
        try
        {
            return new Finding(FindingState.Good, subject, check());
        }
#pragma warning disable CA1031 // every failure is a finding
        catch (Exception e)
#pragma warning restore CA1031
        {
            return new Finding(FindingState.Bad, subject, ErrorReport.For(e is ArgumentException or InvalidOperationException ? new IOException(e.Message, e) : e).Message, advice);
        }
    }
}
