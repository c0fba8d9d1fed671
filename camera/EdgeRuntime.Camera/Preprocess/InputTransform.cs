using EdgeRuntime.Model;

namespace EdgeRuntime.Camera;

/// <summary>What a network's metadata say about its input, as the description of a conversion: the one place that both programs use.</summary>
public static class InputTransform
{
    private const byte LetterboxGrey = 128;

    /// <summary>The conversion of frames to the only input of a network.</summary>
    /// <exception cref="EdgeModelException">The network does not say how pictures become its input, has several inputs, or its metadata do not fit the input.</exception>
    public static FrameTransform Of(EdgeModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        ImagePreprocessing p = model.Metadata.Preprocessing
            ?? throw new EdgeModelException(ModelError.Unsupported, "the model's metadata do not say how a picture becomes its input; import it again with preprocessing options");
        if (model.Graph.Inputs.Count != 1)
            throw new EdgeModelException(ModelError.Unsupported, $"the network has {model.Graph.Inputs.Count} inputs; pictures can be given to networks with 1");
        TensorInfo input = model.Graph.Tensors[model.Graph.Inputs[0]];
        int channels = p.Channels == ImageChannels.Grey ? 1 : 3;
        long elements = (long)p.Width * p.Height * channels;
        if (input.Shape.ElementCount != elements || input.Type is not (DataType.Int8 or DataType.Float32))
            throw new EdgeModelException(ModelError.BadShape, $"the network's input is {input.Type} {input.Shape}; its metadata describe a picture of {p.Width}x{p.Height}x{channels}");

        return new FrameTransform
        {
            Width = p.Width,
            Height = p.Height,
            Channels = channels,
            BlueFirst = p.Channels == ImageChannels.Bgr,
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
