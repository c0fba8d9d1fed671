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
    /// <exception cref="EdgeModelException">The model's input is no picture.</exception>
    public PictureInput(EdgeModel model, int width, int height, int channels)
    {
        preprocessor = new FramePreprocessor(InputTransform.Of(model));
        type = model.Graph.Tensors[model.Graph.Inputs[0]].Type;
        frame = new Frame(new FrameFormat(width, height, channels == 1 ? PixelFormat.Grey8 : PixelFormat.Rgb24));
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
