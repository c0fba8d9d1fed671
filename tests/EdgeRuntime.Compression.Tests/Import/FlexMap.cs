using System.Text;

namespace EdgeRuntime.Compression.Tests.Import;

/// <summary>Writes FlexBuffers maps of integers, as converters store the options of custom operators (specification: FlexBuffers internals of the FlatBuffers documentation).</summary>
internal static class FlexMap
{
    private const int Map = 9;
    private const int SignedInteger = 1;

    /// <summary>A map whose offsets and values have <paramref name="width"/> bytes: 1, 2, 4 or 8.</summary>
    public static byte[] Write(IEnumerable<(string Name, int Value)> entries, int width = 1)
    {
        (string Name, int Value)[] sorted = [.. entries.OrderBy(e => e.Name, StringComparer.Ordinal)];
        var bytes = new List<byte>();
        int[] names = new int[sorted.Length];
        for (int i = 0; i < sorted.Length; i++)
        {
            names[i] = bytes.Count;
            bytes.AddRange([.. Encoding.UTF8.GetBytes(sorted[i].Name), 0]);
        }

        while (bytes.Count % width != 0)
            bytes.Add(0);
        Number(bytes, sorted.Length, width);
        int keys = bytes.Count;
        foreach (int name in names)
            Number(bytes, bytes.Count - name, width);
        Number(bytes, bytes.Count - keys, width);
        Number(bytes, width, width);
        Number(bytes, sorted.Length, width);
        int values = bytes.Count;
        foreach ((_, int value) in sorted)
            Number(bytes, value, width);
        int log = width switch { 1 => 0, 2 => 1, 4 => 2, _ => 3 };
        bytes.AddRange(Enumerable.Repeat((byte)((SignedInteger << 2) | log), sorted.Length));
        while (bytes.Count % width != 0)
            bytes.Add(0);
        Number(bytes, bytes.Count - values, width);
        bytes.Add((byte)((Map << 2) | log));
        bytes.Add((byte)width);
        return [.. bytes];
    }

    private static void Number(List<byte> bytes, long value, int width)
    {
        for (int i = 0; i < width; i++)
            bytes.Add((byte)(value >> (8 * i)));
    }
}
