using System.Runtime.CompilerServices;
using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels.Binary;

/// <summary>Single bits of a row of packed channels, for the reference kernels.</summary>
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
}
