using EdgeRuntime.Camera;
using EdgeRuntime.Model;

namespace EdgeRuntime.Daemon;

/// <summary>What a network's metadata say about its input, as the camera library's description of a conversion.</summary>
internal static class InputTransform
{
    private const byte LetterboxGrey = 128;

    /// <summary>The conversion of frames to the first input of a network.</summary>
    /// <exception cref="DaemonException">The network takes no pictures, or its metadata do not fit its input.</exception>
    public static FrameTransform Of(EdgeModel model)
    {
        ImagePreprocessing p = model.Metadata.Preprocessing
            ?? throw new DaemonException(ExitCode.Model, "the model's metadata do not say how a picture becomes its input; import it again with preprocessing options");
        if (model.Graph.Inputs.Count != 1)
            throw new DaemonException(ExitCode.Model, $"the network has {model.Graph.Inputs.Count} inputs; pictures can be given to networks with 1");
        TensorInfo input = model.Graph.Tensors[model.Graph.Inputs[0]];
        if (p.Channels == ImageChannels.Bgr)
            throw new DaemonException(ExitCode.Model, "the network takes pictures in the order blue, green, red; only red, green, blue and grey are supported");
        int channels = p.Channels == ImageChannels.Grey ? 1 : 3;
        long elements = (long)p.Width * p.Height * channels;
        if (input.Shape.ElementCount != elements || input.Type is not (DataType.Int8 or DataType.Float32))
            throw new DaemonException(ExitCode.Model, $"the network's input is {input.Type} {input.Shape}; its metadata describe a picture of {p.Width}x{p.Height}x{channels}");

        return new FrameTransform
        {
            Width = p.Width,
            Height = p.Height,
            Channels = channels,
            Fit = p.Fit switch
            {
                ImageFit.Crop => FitMode.Crop,
                ImageFit.Letterbox => FitMode.Letterbox,
                _ => FitMode.Stretch,
            },
            Fill = LetterboxGrey,
            Mean = [.. p.Mean.Select(m => m * 255.0)],
            Std = [.. p.Deviation.Select(d => d * 255.0)],
            Scale = input.Quantization?.Scale ?? 1,
            ZeroPoint = input.Quantization?.ZeroPoint ?? 0,
            Layout = p.Layout == ImageLayout.Nchw ? OutputLayout.Nchw : OutputLayout.Nhwc,
        };
    }
}
