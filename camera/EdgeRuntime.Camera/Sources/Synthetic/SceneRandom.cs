namespace EdgeRuntime.Camera;

/// <summary>SplitMix64 (Steele, Lea, Flood 2014): the same numbers from the same seed on every machine and in every version.</summary>
internal struct SceneRandom(ulong seed)
{
    private ulong state = seed;

    public ulong NextBits()
    {
        ulong z = state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    public int Below(int bound) => (int)((NextBits() >> 32) * (ulong)bound >> 32);

    /// <summary>Uniform in [-1, 1).</summary>
    public float Signed() => ((int)(NextBits() >> 40) - (1 << 23)) / (float)(1 << 23);
}
