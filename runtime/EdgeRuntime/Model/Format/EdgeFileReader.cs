namespace EdgeRuntime.Model.Format;

/// <summary>
/// Reads .edge files (docs/format.md). No length, offset, count or index is trusted, checksums notwithstanding. What only depends on the operators
/// (shapes, types, order) is checked when the model is prepared.
/// </summary>
internal static class EdgeFileReader
{
    /// <summary>Maps and reads a file; raw constants stay in the mapping, which the model owns.</summary>
    /// <exception cref="EdgeModelException">The file cannot be read or is no valid .edge file.</exception>
    public static EdgeModel Load(string path)
    {
        IDisposable? owner = null;
        try
        {
            MappedFile file = MappedFile.Open(path);
            owner = file;
            return Read(file.Memory, owner);
        }
        catch (EdgeModelException e)
        {
            owner?.Dispose();
            throw e.Message.Contains(path, StringComparison.Ordinal) ? e : new EdgeModelException(e.Error, $"'{path}': {e.Message}", e);
        }
    }

    /// <summary>Reads a file that is in memory; raw constants stay where they are.</summary>
    /// <exception cref="EdgeModelException">The bytes are no valid .edge file.</exception>
    public static EdgeModel Read(ReadOnlyMemory<byte> file, IDisposable? owner)
    {
        var sections = new FileSections(file);
        var strings = new StringTable(sections.Needed(SectionKind.Strings).Span);
        TensorInfo[] tensors = TensorSection.Read(sections, strings, file.Length);
        Node[] nodes = OperatorSection.Read(sections.Needed(SectionKind.Operators).Span, strings, tensors.Length);
        (int[] inputs, int[] outputs) = ReadGraphEnds(sections.Needed(SectionKind.Graph).Span, tensors.Length);
        return new EdgeModel(new Graph(tensors, nodes, inputs, outputs), ReadMetadata(sections, strings), owner);
    }

    private static (int[] Inputs, int[] Outputs) ReadGraphEnds(ReadOnlySpan<byte> content, int tensors)
    {
        var reader = new SectionReader(SectionKind.Graph, content);
        int inputCount = reader.Count("inputs", EdgeFile.MaxOperands, 4);
        int outputCount = reader.Count("outputs", EdgeFile.MaxOperands, 4);
        int[] inputs = reader.Ints(inputCount);
        int[] outputs = reader.Ints(outputCount);
        reader.Finish();
        foreach (int t in inputs.Concat(outputs))
        {
            if ((uint)t >= (uint)tensors)
                throw reader.Wrong($"an input or output is tensor {t}; it must be 0 to {tensors - 1}");
        }

        return (inputs, outputs);
    }

    private static ModelMetadata ReadMetadata(FileSections sections, StringTable strings)
    {
        var metadata = new ModelMetadata();
        if (sections.Has(SectionKind.Metadata))
        {
            var reader = new SectionReader(SectionKind.Metadata, sections[SectionKind.Metadata].Span);
            metadata = new ModelMetadata
            {
                Name = strings.NextName(ref reader, "the name"),
                Description = strings.NextText(ref reader, "the description"),
                Origin = strings.NextText(ref reader, "the origin"),
                Licence = strings.NextText(ref reader, "the licence"),
                CreatedBy = strings.NextText(ref reader, "the creation"),
                Properties = ReadProperties(ref reader, strings),
            };
            reader.Finish();
        }

        if (sections.Has(SectionKind.Labels))
            metadata = metadata with { Labels = ReadLabels(sections[SectionKind.Labels].Span, strings) };
        if (sections.Has(SectionKind.Preprocessing))
            metadata = metadata with { Preprocessing = PreprocessingSection.Read(sections[SectionKind.Preprocessing].Span) };
        return metadata;
    }

    private static SortedDictionary<string, string> ReadProperties(ref SectionReader reader, StringTable strings)
    {
        var properties = new SortedDictionary<string, string>(StringComparer.Ordinal);
        int count = reader.Count("properties", EdgeFile.MaxProperties, 8);
        string previous = "";
        for (int i = 0; i < count; i++)
        {
            string key = strings.NextName(ref reader, "a property's key");
            if (i > 0 && string.CompareOrdinal(key, previous) <= 0)
                throw reader.Wrong($"property '{key}' stands after '{previous}'; keys must ascend");
            properties.Add(key, strings.NextText(ref reader, "a property's value"));
            previous = key;
        }

        return properties;
    }

    private static string[] ReadLabels(ReadOnlySpan<byte> content, StringTable strings)
    {
        var reader = new SectionReader(SectionKind.Labels, content);
        string[] labels = new string[reader.Count("labels", EdgeFile.MaxLabels, 4)];
        if (labels.Length == 0)
            throw reader.Wrong("0 labels; a file without labels has no such section");
        for (int i = 0; i < labels.Length; i++)
            labels[i] = strings.NextName(ref reader, "a label");
        reader.Finish();
        return labels;
    }
}
