using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels.Binary.Conv2D;

/// <summary>Copies the packed input of a band of output rows into scratch: with its border, one group's channels, chunks repeated to fill a vector.</summary>
internal static unsafe class BandCopy
{
    /// <summary>Fills scratch, unless the plan reads in place, and returns the address of the band's first pixel.</summary>
    public static byte* Fill(BinaryConv2DPlan plan, byte* x, byte* scratch, int n, int firstRow, int group)
    {
        BinaryGeometry g = plan.Geometry;
        int words = g.InWords;
        nint rowWords = (nint)g.Columns.Input * words;
        uint* image = (uint*)x + n * g.Rows.Input * rowWords;
        int top = firstRow * g.Rows.Stride - g.Rows.PadBefore;
        if (plan.InPlace)
            return (byte*)(image + top * rowWords);

        int left = g.Columns.PadBefore;
        int begin = Math.Min(left, plan.ScratchColumns);
        int end = Math.Clamp(left + g.Columns.Input, begin, plan.ScratchColumns);
        byte* to = scratch;
        for (int r = 0; r < plan.ScratchRows; r++)
        {
            int iy = top + r;
            if ((uint)iy >= (uint)g.Rows.Input)
            {
                Unsafe.InitBlockUnaligned(to, 0, (uint)(plan.ScratchColumns * plan.PixelBytes));
                to += plan.ScratchColumns * plan.PixelBytes;
                continue;
            }

            Unsafe.InitBlockUnaligned(to, 0, (uint)(begin * plan.PixelBytes));
            to += begin * plan.PixelBytes;
            CopyPixels(plan, image + iy * rowWords + (begin - left) * words, to, end - begin, group);
            to += (end - begin) * plan.PixelBytes;
            Unsafe.InitBlockUnaligned(to, 0, (uint)((plan.ScratchColumns - end) * plan.PixelBytes));
            to += (plan.ScratchColumns - end) * plan.PixelBytes;
        }

        return scratch;
    }

    private static void CopyPixels(BinaryConv2DPlan plan, uint* x, byte* to, int pixels, int group)
    {
        BinaryGeometry g = plan.Geometry;
        if (g.Groups > 1)
            CopyGroup(plan, x, to, pixels, group);
        else if (plan.StoredBytes == plan.LaneBytes)
            Unsafe.CopyBlockUnaligned(to, x, (uint)(pixels * plan.PixelBytes));
        else
            Repeat(x, to, pixels * plan.ChunksPerTap, plan.LaneBytes);
    }

    private static void Repeat(uint* x, byte* to, int chunks, int laneBytes)
    {
        if (laneBytes == 8)
        {
            int i = 0;
            for (; i < chunks - 1; i += 2)
            {
                Vector128<ulong> two = Vector128.Load((ulong*)x + i);
                Vector128.Create(two.GetLower(), two.GetLower()).Store((ulong*)to + 2 * i);
                Vector128.Create(two.GetUpper(), two.GetUpper()).Store((ulong*)to + 2 * i + 2);
            }

            if (i < chunks)
                Vector128.Create(((ulong*)x)[i]).Store((ulong*)to + 2 * i);
        }
        else
        {
            for (int i = 0; i < chunks; i++)
                Vector128.Create(x[i]).Store((uint*)to + 4 * i);
        }
    }

    /// <summary>Channels of one group need not start at a word: shifts them down.</summary>
    private static void CopyGroup(BinaryConv2DPlan plan, uint* x, byte* to, int pixels, int group)
    {
        BinaryGeometry g = plan.Geometry;
        int firstBit = group * g.GroupIn;
        int shift = firstBit % DataTypes.BitsPerWord;
        int repeats = plan.StoredBytes / plan.LaneBytes;
        int laneWords = plan.LaneBytes / 4;
        for (int p = 0; p < pixels; p++, x += g.InWords)
        {
            for (int w = 0; w < plan.GroupWords; w++)
            {
                int at = firstBit / DataTypes.BitsPerWord + w;
                ulong pair = x[at] | (ulong)(at + 1 < g.InWords ? x[at + 1] : 0) << 32;
                uint word = (uint)(pair >> shift);
                int bits = g.GroupIn - w * DataTypes.BitsPerWord;
                if (bits < DataTypes.BitsPerWord)
                    word &= (1u << bits) - 1;
                byte* chunk = to + w / laneWords * plan.StoredBytes + w % laneWords * 4;
                for (int i = 0; i < repeats; i++)
                    *(uint*)(chunk + i * plan.LaneBytes) = word;
            }

            to += plan.PixelBytes;
        }
    }
}
