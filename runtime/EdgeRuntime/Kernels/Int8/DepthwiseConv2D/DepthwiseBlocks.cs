namespace EdgeRuntime.Kernels.Int8;

/// <summary>
/// Constants of a depthwise convolution in blocks of 16 channels, the last one 8 wide where no more than 8 channels are left, or of 8 channels throughout. A last block that is not full
/// starts earlier and overlaps the one before it, so that blocks are always full and never leave the tensor.
/// </summary>
internal sealed unsafe class DepthwiseBlocks : IDisposable
{
    /// <summary>Channels of a block.</summary>
    public const int Wide = 16;

    /// <summary>Channels of a last block that need not be wider.</summary>
    public const int Narrow = 8;

    private readonly NativeBuffer buffer;
    private readonly BlockRounding[] rounding;
    private readonly long blockBytes;
    private readonly int step;

    private DepthwiseBlocks(int channels, int step, Func<int, int> bytes)
    {
        this.step = step;
        Channels = channels;
        Count = (channels + step - 1) / step;
        LastIsNarrow = channels - ((Count - 1) * step) <= Narrow;
        blockBytes = bytes(step);
        Bytes = ((Count - 1) * blockBytes) + bytes(LastIsNarrow ? Narrow : step);
        buffer = new NativeBuffer(Bytes);
        rounding = new BlockRounding[Count];
    }

    /// <summary>Channels, at least <see cref="Narrow"/>, and at least <see cref="Wide"/> where the last block is wide.</summary>
    public int Channels { get; }

    /// <summary>Blocks.</summary>
    public int Count { get; }

    /// <summary>Whether the last block is a narrow one.</summary>
    public bool LastIsNarrow { get; }

    /// <summary>Bytes of all blocks.</summary>
    public long Bytes { get; }

    /// <summary>Whether blocks can cover this number of channels without leaving the tensor.</summary>
    public static bool Covers(int channels) => channels is Narrow or >= Wide;

    /// <summary>Whether a channel has two weights of -128, whose products may be added in int16 (<see cref="PairedProducts"/>).</summary>
    /// <param name="weights">Weights, tap by tap.</param>
    /// <param name="channels">Channels.</param>
    /// <param name="taps">Taps of the window.</param>
    public static bool HoldsMinimumPair(sbyte* weights, int channels, int taps)
    {
        var all = new ReadOnlySpan<sbyte>(weights, checked(channels * taps));
        if (all.Count(sbyte.MinValue) < 2)
            return false;
        for (int c = 0; c < channels; c++)
        {
            int found = 0;
            for (int i = c; i < all.Length; i += channels)
                found += all[i] == sbyte.MinValue ? 1 : 0;
            if (found > 1)
                return true;
        }

        return false;
    }

    /// <summary>Packs weights [taps, channels].</summary>
    /// <param name="weights">Weights, tap by tap.</param>
    /// <param name="bias">One for each channel, or null.</param>
    /// <param name="channels">Channels.</param>
    /// <param name="taps">Taps of the window.</param>
    /// <param name="inputZeroPoint">Zero point of the activations.</param>
    /// <param name="scaling">Requantization of the outputs.</param>
    /// <param name="step">Channels of a block: <see cref="Wide"/> or <see cref="Narrow"/>.</param>
    public static DepthwiseBlocks Pack<TTile>(sbyte* weights, int* bias, int channels, int taps, int inputZeroPoint, OutputScaling scaling, int step)
        where TTile : struct, IDepthwiseWeights
    {
        var blocks = new DepthwiseBlocks(channels, step, width => (3 * sizeof(int) * width) + TTile.WeightBytes(taps, width));
        Span<WeightSum> sums = stackalloc WeightSum[Wide];
        for (int b = 0; b < blocks.Count; b++)
        {
            int first = blocks.FirstChannel(b);
            int width = blocks.Width(b);
            int* constants = (int*)blocks.Constants(b);
            sbyte* packed = (sbyte*)(constants + (3 * width));
            for (int c = 0; c < width; c++)
            {
                var sum = default(WeightSum);
                for (int t = 0; t < taps; t++)
                {
                    sbyte w = weights[((nint)t * channels) + first + c];
                    sum.Add(w);
                    packed[TTile.WeightOffset(t, c, width)] = w;
                }

                constants[c] = (bias == null ? 0 : bias[first + c]) - (inputZeroPoint * sum.Sum);
                sums[c] = sum;
            }

            blocks.rounding[b] = ChannelScaling.Write(scaling, first, width, constants, TTile.HasBlockRounding ? sums : default);
        }

        return blocks;
    }

    /// <summary>Constants of a block.</summary>
    public byte* Constants(int block) => buffer.Pointer + (block * blockBytes);

    /// <summary>What the constants of a block allow.</summary>
    public BlockRounding Rounding(int block) => rounding[block];

    /// <summary>Channels of a block.</summary>
    public int Width(int block) => block == Count - 1 && LastIsNarrow ? Narrow : step;

    /// <summary>First channel of a block.</summary>
    public int FirstChannel(int block) => Math.Min(block * step, Channels - Width(block));

    public void Dispose() => buffer.Dispose();
}
