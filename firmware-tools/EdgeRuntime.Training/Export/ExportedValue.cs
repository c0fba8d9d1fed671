using EdgeRuntime.Model;

namespace EdgeRuntime.Training.Export;

/// <summary>An activation of the graph that is being written.</summary>
/// <param name="Tensor">Its index.</param>
/// <param name="Type">Element type.</param>
/// <param name="Shape">NHWC, or [1, elements].</param>
/// <param name="Offset">
/// Number per channel that is still to be added, or null: the last shift of an RPReLU costs nothing where it is added to the next thresholds and biases.
/// </param>
internal sealed record ExportedValue(int Tensor, DataType Type, Shape Shape, double[]? Offset = null)
{
    public int Channels => Shape[^1];

    public bool IsMap => Shape.Rank == 4;
}
