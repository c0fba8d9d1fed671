namespace EdgeRuntime.Compiler.Inspection;

/// <summary>A plain table: columns as wide as their contents, numbers to the right. The same on a terminal and in a file.</summary>
internal sealed class TextTable(params string[] headings)
{
    private readonly List<string[]> rows = [headings];
    private readonly HashSet<int> rightAligned = [];

    /// <summary>Aligns columns to the right.</summary>
    public TextTable Right(params int[] columns)
    {
        rightAligned.UnionWith(columns);
        return this;
    }

    /// <summary>Adds a row with one cell per heading.</summary>
    public void Add(params string[] cells) => rows.Add(cells);

    /// <summary>Writes the table.</summary>
    public void WriteTo(TextWriter writer)
    {
        int[] widths = [.. Enumerable.Range(0, headings.Length).Select(c => rows.Max(r => r[c].Length))];
        foreach (string[] row in rows)
        {
            IEnumerable<string> cells = row.Select((cell, c) => rightAligned.Contains(c) ? cell.PadLeft(widths[c]) : cell.PadRight(widths[c]));
            writer.WriteLine(string.Join("  ", cells).TrimEnd());
        }
    }
}
