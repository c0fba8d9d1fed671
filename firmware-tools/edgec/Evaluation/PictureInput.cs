using EdgeRuntime.Camera;
using EdgeRuntime.Model;

namespace EdgeRuntime.Compiler.Evaluation;

/// <summary>Writes pictures of a data set into a session's first input, as the model's metadata say: the same conversion as on the board.</summary>
internal sealed class PictureInput
{
    private readonly FramePreprocessor preprocessor;
    private readonly DataType type;
    private readonly Frame frame;

    /// <param name="model">The model.</param>
    /// <param name="width">Width of the pictures.</param>
    /// <param name="height">Height of the pictures.</param>
    /// <param name="channels">Channels of the pictures: 1 or 3 (R, G, B).</param>
    /// <exception cref="CommandException">The model's input is no picture.</exception>
    public PictureInput(EdgeModel model, int width, int height, int channels)
    {
        TensorInfo input = model.Graph.Tensors[model.Graph.Inputs[0]];
        ImagePreprocessing description = model.Metadata.Preprocessing
            ?? throw new CommandException(ExitCode.BadData, $"the model does not say how pictures become its input '{input.Name}' ({input.Type} {input.Shape})");
        type = input.Type;
        int depth = description.Channels == ImageChannels.Grey ? 1 : 3;
        if (input.Shape.ElementCount != (long)description.Width * description.Height * depth || type is not (DataType.Float32 or DataType.Int8))
            throw new CommandException(ExitCode.BadModel, $"the input '{input.Name}' is {input.Type} {input.Shape}, the description {description.Width}x{description.Height} with {depth} channels");
        bool swapRedBlue = description.Channels == ImageChannels.Bgr;
        preprocessor = new FramePreprocessor(new FrameTransform
        {
            Width = description.Width,
            Height = description.Height,
            Channels = depth,
            Fit = description.Fit switch
            {
                ImageFit.Crop => FitMode.Crop,
                ImageFit.Letterbox => FitMode.Letterbox,
                _ => FitMode.Stretch,
            },
            Fill = 128,
            Mean = [.. description.Mean.Select(m => m * 255.0)],
            Std = [.. description.Deviation.Select(d => d * 255.0)],
            Scale = input.Quantization?.Scale ?? 1,
            ZeroPoint = input.Quantization?.ZeroPoint ?? 0,
            Layout = description.Layout == ImageLayout.Nchw ? OutputLayout.Nchw : OutputLayout.Nhwc,
        });

        // A network for BGR gets its channels in that order by being shown the picture with red and blue exchanged.
        frame = new Frame(new FrameFormat(width, height, channels == 1 ? PixelFormat.Grey8 : swapRedBlue ? PixelFormat.Bgr24 : PixelFormat.Rgb24));
    }

    /// <summary>Writes one picture, HWC, as the real values of a float32 input.</summary>
    public void Write(ReadOnlySpan<byte> picture, Span<float> input)
    {
        picture.CopyTo(frame.Prepare(frame.Format));
        preprocessor.Run(frame, input);
    }

    /// <summary>Writes one picture, HWC.</summary>
    public void Write(ReadOnlySpan<byte> picture, Session session)
    {
        picture.CopyTo(frame.Prepare(frame.Format));
        if (type == DataType.Int8)
            preprocessor.Run(frame, session.Input<sbyte>());
        else
            preprocessor.Run(frame, session.Input<float>());
    }
}
