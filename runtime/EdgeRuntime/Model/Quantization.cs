namespace EdgeRuntime.Model;

/// <summary>
/// Affine quantization of a tensor: real = scale * (q - zero point), per tensor, or per slice along one axis
/// (TensorFlow Lite's int8 specification; weights are symmetric, zero point 0).
/// </summary>
public sealed class Quantization
{
    private readonly float[] scales;
    private readonly int[] zeroPoints;

    /// <summary>One scale and zero point for the whole tensor.</summary>
    public Quantization(float scale, int zeroPoint)
        : this([scale], [zeroPoint], -1)
    {
    }

    /// <summary>Scales and zero points per slice along <paramref name="axis"/>; one of each, and axis -1, for the whole tensor.</summary>
    /// <exception cref="EdgeModelException">A scale is not positive and finite, or the counts differ.</exception>
    public Quantization(ReadOnlySpan<float> scales, ReadOnlySpan<int> zeroPoints, int axis)
    {
        if (scales.Length == 0 || scales.Length != zeroPoints.Length)
            throw new EdgeModelException(ModelError.BadType, $"quantization has {scales.Length} scales and {zeroPoints.Length} zero points; the counts must be equal and at least 1");
        if (axis < -1 || axis >= Shape.MaxRank || (axis < 0 && scales.Length > 1))
            throw new EdgeModelException(ModelError.BadType, $"quantization axis is {axis} for {scales.Length} scales");
        foreach (float s in scales)
        {
            if (!(s > 0) || !float.IsFinite(s))
                throw new EdgeModelException(ModelError.BadType, $"quantization scale is {s}; it must be positive and finite");
        }

        this.scales = scales.ToArray();
        this.zeroPoints = zeroPoints.ToArray();
        Axis = axis;
    }

    /// <summary>The axis along which scales vary, or -1 for one scale for the whole tensor.</summary>
    public int Axis { get; }

    /// <summary>Whether each slice along <see cref="Axis"/> has its own scale.</summary>
    public bool IsPerChannel => Axis >= 0;

    /// <summary>The scales: one, or one per slice.</summary>
    public ReadOnlySpan<float> Scales => scales;

    /// <summary>The zero points: one, or one per slice.</summary>
    public ReadOnlySpan<int> ZeroPoints => zeroPoints;

    /// <summary>The scale of the whole tensor (of the first slice when per channel).</summary>
    public float Scale => scales[0];

    /// <summary>The zero point of the whole tensor (of the first slice when per channel).</summary>
    public int ZeroPoint => zeroPoints[0];
}
