using EdgeRuntime.Training.Data;

namespace EdgeRuntime.Compiler.Generation;

/// <summary>Random weights and inputs that depend on the seed alone.</summary>
internal sealed class RandomValues(ulong seed)
{
    private SeededRandom random = new(seed, 0x9e4);

    /// <summary>64 random bits.</summary>
    public ulong NextBits() => random.NextBits();

    /// <summary>Values in [-limit, limit).</summary>
    public float[] Uniform(int count, float limit)
    {
        var values = new float[count];
        for (int i = 0; i < count; i++)
            values[i] = random.Uniform(-limit, limit);
        return values;
    }

    /// <summary>Weights that give sums of <paramref name="terms"/> products the scale of the inputs: uniform, of variance 1 / terms.</summary>
    public float[] Weights(int count, int terms) => Uniform(count, MathF.Sqrt(3f / terms));
}
