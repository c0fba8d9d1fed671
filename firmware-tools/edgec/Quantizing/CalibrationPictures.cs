using EdgeRuntime.Compiler.Evaluation;
using EdgeRuntime.Training.Data;

namespace EdgeRuntime.Compiler.Quantizing;

/// <summary>Pictures of a training set as real inputs of a float network.</summary>
internal static class CalibrationPictures
{
    /// <summary>The inputs of the first pictures of a set.</summary>
    /// <exception cref="CommandException">The network's input is no picture.</exception>
    public static List<float[]> Read(EdgeModel model, ImageSet set, int count)
    {
        var input = new PictureInput(model, set.Width, set.Height, set.Channels);
        int length = (int)model.Graph.Tensors[model.Graph.Inputs[0]].Shape.ElementCount;
        var inputs = new List<float[]>();
        for (int i = 0; i < Math.Min(count, set.Count); i++)
        {
            inputs.Add(new float[length]);
            input.Write(set.Picture(i), inputs[^1]);
        }

        return inputs;
    }
}
