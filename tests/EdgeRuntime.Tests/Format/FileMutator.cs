using System.Buffers.Binary;
using EdgeRuntime.Model.Format;

namespace EdgeRuntime.Tests.Format;

/// <summary>Damages .edge files, and makes the checksums of damaged files right again, so that the damage reaches what lies behind them.</summary>
internal static class FileMutator
{
    private static readonly uint[] Numbers = [0, 1, 2, 3, 7, 64, 127, 128, 255, 256, 4095, 65_535, 65_536, 0x7F80_0000, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF];

    /// <summary>A damaged copy: bits, numbers or stretches of it changed, mostly outside the weights.</summary>
    public static byte[] Mutate(byte[] file, Random random)
    {
        byte[] damaged = (byte[])file.Clone();
        for (int times = random.Next(1, 5); times > 0; times--)
        {
            (int begin, int length) = Target(damaged, random);
            if (length == 0)
                continue;
            int at = begin + random.Next(length);
            int word = at & ~3;
            switch (random.Next(6))
            {
                case 0:
                    damaged[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    damaged[at] = (byte)random.Next(256);
                    break;
                case 2:
                    Write(damaged, word, Numbers[random.Next(Numbers.Length)]);
                    break;
                case 3:
                    Write(damaged, word, Read(damaged, word) + (uint)random.Next(-3, 4));
                    break;
                case 4:
                    Write(damaged, word, (uint)random.Next(32));
                    break;
                default:
                    int from = begin + random.Next(length);
                    int count = Math.Min(random.Next(1, 33), begin + length - Math.Max(at, from));
                    damaged.AsSpan(from, count).CopyTo(damaged.AsSpan(at, count));
                    break;
            }
        }

        return random.Next(20) == 0 ? damaged[..random.Next(damaged.Length)] : damaged;
    }

    /// <summary>Stores the checksums that the bytes have, and the length of the file.</summary>
    public static void FixChecksums(byte[] file)
    {
        if (file.Length < EdgeFile.HeaderLength)
            return;
        BinaryPrimitives.WriteInt64LittleEndian(file.AsSpan(16), file.Length);
        Write(file, 28, Crc32C.Compute(file.AsSpan(0, 28)));
        uint count = Math.Min(Read(file, 12), EdgeFile.MaxSections);
        long tableEnd = EdgeFile.Align(EdgeFile.HeaderLength + (count * EdgeFile.TableEntryLength));
        if (tableEnd > file.Length)
            return;
        for (int entry = EdgeFile.HeaderLength; entry < EdgeFile.HeaderLength + (count * EdgeFile.TableEntryLength); entry += EdgeFile.TableEntryLength)
        {
            ulong offset = BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan(entry + 8));
            ulong length = BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan(entry + 16));
            if (offset <= (ulong)file.Length && length <= (ulong)file.Length - offset)
                Write(file, entry + 24, Crc32C.Compute(file.AsSpan((int)offset, (int)length)));
        }

        Write(file, 24, Crc32C.Compute(file.AsSpan(EdgeFile.HeaderLength, (int)tableEnd - EdgeFile.HeaderLength)));
        Write(file, 28, Crc32C.Compute(file.AsSpan(0, 28)));
    }

    /// <summary>Mostly the content of a section that describes the graph; sometimes header, table and weights too.</summary>
    private static (int Begin, int Length) Target(byte[] file, Random random)
    {
        int sections = (int)Math.Min(Read(file, 12), EdgeFile.MaxSections);
        if (sections == 0 || random.Next(8) == 0)
            return (0, file.Length);
        int entry = EdgeFile.HeaderLength + (random.Next(sections) * EdgeFile.TableEntryLength);
        if (entry + EdgeFile.TableEntryLength > file.Length)
            return (0, file.Length);
        long offset = BinaryPrimitives.ReadInt64LittleEndian(file.AsSpan(entry + 8));
        long length = BinaryPrimitives.ReadInt64LittleEndian(file.AsSpan(entry + 16));
        bool inside = offset >= 0 && length >= 0 && offset <= file.Length && length <= file.Length - offset;
        return inside ? ((int)offset, (int)length) : (entry, EdgeFile.TableEntryLength);
    }

    private static uint Read(byte[] file, int at) => at + 4 <= file.Length ? BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at)) : 0;

    private static void Write(byte[] file, int at, uint value)
    {
        if (at + 4 <= file.Length)
            BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(at), value);
    }
}
