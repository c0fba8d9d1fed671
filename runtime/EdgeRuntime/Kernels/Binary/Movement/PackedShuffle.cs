using System.Numerics;
using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels.Binary.Movement;

/// <summary>
/// ChannelShuffle of packed tensors: channel i of group g becomes channel i x groups + g. 32 channels of a group are read at once; with two groups their bits are spread to every second place
/// by shifts and masks, with more the bits that are set are put one by one to where they belong.
/// </summary>
internal sealed unsafe class PackedShuffle : Kernel
{
    private readonly int rows;
    private readonly int groups;
    private readonly int perGroup;
    private readonly int words;

    private PackedShuffle(KernelRequest request)
    {
        Shape x = request.Input(0).Shape;
        groups = request.Options<GroupOptions>().Groups;
        perGroup = x[^1] / groups;
        words = DataTypes.WordsFor(x[^1]);
        rows = (int)(x.ElementCount / x[^1]);
    }

    public static KernelEntry Entry { get; } = new(
        "binary.channel-shuffle.words", OperatorKind.ChannelShuffle, CpuFeatures.None, r => r.Input(0).Type == DataType.Bit && r.Output().Type == DataType.Bit, r => new PackedShuffle(r));

    public override int Units => rows;

    public override int ScratchBytes => DataTypes.WordsFor(perGroup) * sizeof(uint);

    public override void Run(in KernelArguments arguments, int begin, int end)
    {
        var group = (uint*)arguments.Scratch;
        for (int row = begin; row < end; row++)
        {
            uint* x = (uint*)arguments.Inputs[0] + ((nint)row * words);
            uint* y = (uint*)arguments.Outputs[0] + ((nint)row * words);
            new Span<uint>(y, words).Clear();
            for (int g = 0; g < groups; g++)
            {
                PackedRow.Read(x, words, g * perGroup, perGroup, group);
                for (int w = 0; w < DataTypes.WordsFor(perGroup); w++)
                {
                    if (groups == 2)
                        PutPairs(y + (2 * w), Spread(group[w]) << g, words - (2 * w));
                    else
                        PutEach(y, group[w], (w * DataTypes.BitsPerWord * groups) + g);
                }
            }
        }
    }

    private static void PutPairs(uint* y, ulong bits, int wordsLeft)
    {
        y[0] |= (uint)bits;
        if (wordsLeft > 1)
            y[1] |= (uint)(bits >> DataTypes.BitsPerWord);
    }

    private void PutEach(uint* y, uint word, int first)
    {
        for (; word != 0; word &= word - 1)
        {
            int at = first + (BitOperations.TrailingZeroCount(word) * groups);
            y[at / DataTypes.BitsPerWord] |= 1u << (at % DataTypes.BitsPerWord);
        }
    }

    /// <summary>Bit i to bit 2 i: halves are moved apart, then their halves, and so on.</summary>
    private static ulong Spread(uint word)
    {
        ulong v = word;
        v = (v | (v << 16)) & 0x0000FFFF0000FFFF;
        v = (v | (v << 8)) & 0x00FF00FF00FF00FF;
        v = (v | (v << 4)) & 0x0F0F0F0F0F0F0F0F;
        v = (v | (v << 2)) & 0x3333333333333333;
        return (v | (v << 1)) & 0x5555555555555555;
    }
}
