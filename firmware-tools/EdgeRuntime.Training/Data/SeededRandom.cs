namespace EdgeRuntime.Training.Data;

/// <summary>
/// Random numbers that depend on nothing but their seeds (SplitMix64, Steele et al. 2014). A stream per (seed, epoch, picture) makes
/// augmentation independent of batch size, of threads, and of where a run was resumed.
/// </summary>
public struct SeededRandom
{
    private ulong state;

    /// <summary>The stream of the given seeds.</summary>
    public SeededRandom(ulong seed, ulong epoch = 0, ulong item = 0) =>
        state = Mix(Mix(Mix(seed + 0x9e3779b97f4a7c15) ^ (epoch + 0x632be59bd9b4e019)) ^ (item + 0xd1342543de82ef95));

    /// <summary>64 random bits.</summary>
    public ulong NextBits() => Mix(state += 0x9e3779b97f4a7c15);

    /// <summary>A number in [0, 1).</summary>
    public double NextDouble() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    /// <summary>A number in [low, high).</summary>
    public float Uniform(float low, float high) => low + (high - low) * (float)NextDouble();

    /// <summary>An integer in [0, count).</summary>
    public int Below(int count) => (int)Math.BigMul(NextBits(), (ulong)count, out _);

    /// <summary>The numbers 0..count-1 in random order (Fisher-Yates).</summary>
    public int[] Permutation(int count)
    {
        var order = new int[count];
        for (int i = 0; i < count; i++)
        {
            int j = Below(i + 1);
            order[i] = order[j];
            order[j] = i;
        }

        return order;
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }
}
