using System.CommandLine;
using System.Globalization;
using EdgeRuntime.Camera;

namespace EdgeRuntime.Daemon.Verbs;

/// <summary>edged camera list | grab: what cameras there are, and what one shows.</summary>
internal static class CameraVerb
{
    public static Command Create() => new("camera", "list cameras, or take a picture with one") { List(), Grab() };

    private static Command List()
    {
        var command = new Command("list", "Video4Linux cameras with the formats that can be used");
        command.SetAction(parsed => Show(parsed.InvocationConfiguration.Output));
        return command;
    }

    private static int Show(TextWriter output)
    {
        IReadOnlyList<CameraInfo> cameras = V4l2Cameras.List();
        foreach (CameraInfo camera in cameras)
        {
            output.WriteLine(camera.Name.Length > 0 ? $"{camera.Path}  {camera.Name} ({camera.Driver}, {camera.Bus})" : camera.Path);
            if (camera.Problem is not null)
                output.WriteLine($"  cannot be used: {camera.Problem}");
            foreach (IGrouping<PixelFormat, CameraMode> format in camera.Modes.GroupBy(m => m.PixelFormat))
                output.WriteLine($"  {format.Key}: {string.Join(", ", format.Select(m => string.Create(CultureInfo.InvariantCulture, $"{m.Width}x{m.Height} {m.FramesPerSecond:0.#}/s")))}");
        }

        if (cameras.Count == 0)
            throw new DaemonException(ExitCode.Device, "there is no Video4Linux camera; a CSI camera is read with \"kind\": \"rpicam\"");
        return (int)ExitCode.Success;
    }

    private static Command Grab()
    {
        var device = new Option<string>("--device") { Description = "device file", DefaultValueFactory = _ => "/dev/video0" };
        var width = new Option<int>("--width") { Description = "columns", DefaultValueFactory = _ => 640 };
        var height = new Option<int>("--height") { Description = "rows", DefaultValueFactory = _ => 480 };
        var format = new Option<string?>("--format") { Description = $"one of {FrameSources.PixelFormatNames}; the best unless given" };
        var skip = new Option<int>("--skip") { Description = "frames to leave out, while the camera finds its exposure", DefaultValueFactory = _ => 5 };
        var to = new Option<string>("--output", "-o") { Description = "file for the picture: .ppm, or .raw for the camera's own bytes", Required = true };
        var command = new Command("grab", "write one frame to a file") { device, width, height, format, skip, to };
        command.SetAction(parsed => Run(
            new SourceConfig
            {
                Kind = SourceKind.Camera,
                Device = parsed.GetRequiredValue(device),
                Width = parsed.GetValue(width),
                Height = parsed.GetValue(height),
                Format = parsed.GetValue(format),
            },
            parsed.GetValue(skip), parsed.GetRequiredValue(to), parsed.InvocationConfiguration.Output));
        return command;
    }

    private static int Run(SourceConfig config, int skip, string path, TextWriter output)
    {
        if (config.Format is { } name && FrameSources.PixelFormatOf(name) is null)
            throw new DaemonException(ExitCode.Usage, $"--format is '{name}'; it is one of {FrameSources.PixelFormatNames}");
        if (skip is < 0 or > 1000)
            throw new DaemonException(ExitCode.Usage, $"--skip is {skip}; the limits are 0 and 1000");
        bool raw = Path.GetExtension(path) == ".raw";
        if (!raw && Path.GetExtension(path) != ".ppm")
            throw new DaemonException(ExitCode.Usage, $"--output is {path}; its ending must be .ppm or .raw");

        var camera = new V4l2Source(FrameSources.CameraOptions(config, default));
        using IFrameSource source = raw ? camera : new MjpegSource(camera);
        Frame? frame = null;
        for (int i = 0; i <= skip; i++)
        {
            if (!source.TryRead(out frame))
                throw new DaemonException(ExitCode.Device, $"{source.Description} delivers no frames");
        }

        string temporary = $"{path}.{Environment.ProcessId}.tmp";
        File.WriteAllBytes(temporary, raw ? frame!.Data.ToArray() : PortablePixmap.Of(frame!));
        File.Move(temporary, path, overwrite: true);
        output.WriteLine($"{path}: frame {frame!.Sequence} of {source.Description}");
        return (int)ExitCode.Success;
    }
}
