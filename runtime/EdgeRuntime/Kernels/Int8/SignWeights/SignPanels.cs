using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels.Int8;

/// <summary>
/// One-bit weights of a fully connected layer in the order in which <see cref="NeonSignTables"/> reads them. Inputs are taken in groups of four, groups in runs, runs in chunks whose tables stay
/// in the first-level cache. A panel has 32 outputs; for each group it has 16 bytes, byte j with the four bits of output j below those of output 16 + j, bit 1 for -1.
/// Order: chunk, panel, group. The file's size stays: half a byte for four weights.
/// </summary>
internal sealed unsafe class SignPanels : IDisposable
{
    /// <summary>Outputs of a panel.</summary>
    public const int Width = 32;

    /// <summary>Inputs that one look-up sums.</summary>
    public const int GroupInputs = 4;

    /// <summary>Bytes of a panel's weights for a group.</summary>
    public const int GroupBytes = Width * GroupInputs / 8;

    /// <summary>Most groups of a run: 62 sums of at most 1024 fit 16 bits.</summary>
    public const int MostRunGroups = 62;

    /// <summary>Runs of a chunk: 4 x 62 groups have tables of 8 KB.</summary>
    private const int ChunkRuns = 4;

    /// <summary>Constants of a half panel: biases, multipliers and shifts of 16 outputs.</summary>
    private const int HalfConstants = 3 * Width / 2;

    private readonly NativeBuffer weights;
    private readonly NativeBuffer constants;

    public SignPanels(uint* bits, int* bias, int inputs, int outputs, int inputZeroPoint, OutputScaling scaling)
    {
        Inputs = inputs;
        Outputs = outputs;
        Panels = (outputs + Width - 1) / Width;
        int groups = (inputs + GroupInputs - 1) / GroupInputs;
        Runs = (groups + MostRunGroups - 1) / MostRunGroups;
        // The inner loop takes two groups a step.
        RunGroups = ((groups + Runs - 1) / Runs + 1) / 2 * 2;
        Chunks = (Runs + ChunkRuns - 1) / ChunkRuns;
        weights = new NativeBuffer((long)Runs * RunGroups * Panels * GroupBytes);
        constants = new NativeBuffer(2L * Panels * HalfConstants * sizeof(int));
        for (int o = 0; o < outputs; o++)
            PackOutput(bits + ((long)o * DataTypes.WordsFor(inputs)), o);
        for (int half = 0; half < 2 * Panels; half++)
        {
            int* to = Half(half);
            for (int o = half * 16; o < Math.Min(outputs, (half + 1) * 16); o++)
                to[o % 16] = (bias == null ? 0 : bias[o]) - (inputZeroPoint * Sum(bits + ((long)o * DataTypes.WordsFor(inputs)))) - (Runs * RunGroups * NeonSignTables.Offset);
            ChannelScaling.Write(scaling, half * 16, 16, to, []);
        }
    }

    public int Inputs { get; }

    public int Outputs { get; }

    public int Panels { get; }

    /// <summary>Runs of all chunks.</summary>
    public int Runs { get; }

    /// <summary>Groups of each run, an even number; the last ones may lie behind the inputs.</summary>
    public int RunGroups { get; }

    public int Chunks { get; }

    /// <summary>Groups of the largest chunk.</summary>
    public int MostChunkGroups => RunsOf(0) * RunGroups;

    public long Bytes => weights.Length + constants.Length;

    /// <summary>Runs of a chunk.</summary>
    public int RunsOf(int chunk) => Math.Min(ChunkRuns, Runs - (chunk * ChunkRuns));

    /// <summary>First input of a chunk.</summary>
    public int FirstInput(int chunk) => chunk * ChunkRuns * RunGroups * GroupInputs;

    /// <summary>A panel's weights of a chunk.</summary>
    public byte* Weights(int chunk, int panel) =>
        weights.Pointer + ((((long)chunk * ChunkRuns * Panels) + ((long)RunsOf(chunk) * panel)) * RunGroups * GroupBytes);

    /// <summary>Biases, multipliers and shifts of 16 outputs. What the tables and the inputs' zero point add to a sum is taken off the bias.</summary>
    public int* Half(int half) => (int*)constants.Pointer + ((nint)half * HalfConstants);

    public void Dispose()
    {
        weights.Dispose();
        constants.Dispose();
    }

    private void PackOutput(uint* row, int output)
    {
        int panel = output / Width;
        int at = output % (Width / 2);
        int shift = output % Width >= Width / 2 ? 4 : 0;
        for (int i = 0; i < Inputs; i += GroupInputs)
        {
            uint four = (row[i / DataTypes.BitsPerWord] >> (i % DataTypes.BitsPerWord)) & 15;
            int group = i / GroupInputs;
            int chunk = group / (ChunkRuns * RunGroups);
            Weights(chunk, panel)[((group - (chunk * ChunkRuns * RunGroups)) * GroupBytes) + at] |= (byte)(four << shift);
        }
    }

    /// <summary>The sum of a row of weights.</summary>
    private int Sum(uint* row)
    {
        int sum = Inputs;
        foreach (uint word in new ReadOnlySpan<uint>(row, DataTypes.WordsFor(Inputs)))
            sum -= 2 * System.Numerics.BitOperations.PopCount(word);
        return sum;
    }
}
