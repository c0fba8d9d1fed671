using System.Runtime.CompilerServices;
using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels.Binary;

/// <summary>Bits of a row of packed channels.</summary>
internal static unsafe class PackedRow
{
    /// <summary>Bit c: 1 for -1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Bit(uint* row, int c) => (int)((row[c / DataTypes.BitsPerWord] >> (c % DataTypes.BitsPerWord)) & 1);

    /// <summary>Writes bit c, channels in ascending order: the first bit of a word clears the rest of it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Append(uint* row, int c, int bit)
    {
        if (c % DataTypes.BitsPerWord == 0)
            row[c / DataTypes.BitsPerWord] = 0;
        row[c / DataTypes.BitsPerWord] |= (uint)bit << (c % DataTypes.BitsPerWord);
    }

    /// <summary>The bits from a channel on, moved down to bit 0, in as many words as they need; the last one's unused bits are 0.</summary>
    /// <param name="row">The row.</param>
    /// <param name="rowWords">Its words, behind which nothing is read.</param>
    /// <param name="first">First channel.</param>
    /// <param name="count">Channels, 1 or more.</param>
    /// <param name="to">Receives the words.</param>
    public static void Read(uint* row, int rowWords, int first, int count, uint* to)
    {
        int shift = first % DataTypes.BitsPerWord;
        int at = first / DataTypes.BitsPerWord;
        for (; count > 0; count -= DataTypes.BitsPerWord, at++, to++)
        {
            ulong pair = row[at] | ((ulong)(at + 1 < rowWords ? row[at + 1] : 0) << DataTypes.BitsPerWord);
            uint word = (uint)(pair >> shift);
            *to = count < DataTypes.BitsPerWord ? word & ((1u << count) - 1) : word;
        }
    }

    /// <summary>Adds up to 32 bits to cleared ones, from any bit on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Add(uint* row, int first, uint bits, int count)
    {
        int shift = first % DataTypes.BitsPerWord;
        row += first / DataTypes.BitsPerWord;
        *row |= bits << shift;
        if (shift + count > DataTypes.BitsPerWord)
            row[1] |= bits >> (DataTypes.BitsPerWord - shift);
    }
}
