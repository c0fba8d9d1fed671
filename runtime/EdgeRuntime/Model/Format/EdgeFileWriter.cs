using System.Buffers.Binary;

namespace EdgeRuntime.Model.Format;

/// <summary>Writes .edge files (docs/format.md). The same model always gives the same bytes.</summary>
internal sealed class EdgeFileWriter
{
    private readonly StringCollector strings = new();
    private readonly List<(SectionKind Kind, IReadOnlyList<ReadOnlyMemory<byte>> Parts)> sections = [];
    private readonly byte[] front;

    /// <summary>Encodes a model; raw constants are not copied.</summary>
    /// <exception cref="EdgeModelException">The model cannot be held by a file: too large, or a constant does not fit its encoding.</exception>
    public EdgeFileWriter(Graph graph, ModelMetadata metadata)
    {
        CheckLimits(graph, metadata);
        List<ReadOnlyMemory<byte>> weights = [];
        ReadOnlyMemory<byte> tensors = Tensors(graph, weights);
        ReadOnlyMemory<byte> operators = Operators(graph);
        ReadOnlyMemory<byte> graphEnds = GraphEnds(graph);
        ReadOnlyMemory<byte> information = Metadata(metadata);
        ReadOnlyMemory<byte> labels = Labels(metadata.Labels);

        sections.Add((SectionKind.Strings, [strings.ToSection()]));
        sections.Add((SectionKind.Tensors, [tensors]));
        sections.Add((SectionKind.Operators, [operators]));
        sections.Add((SectionKind.Graph, [graphEnds]));
        sections.Add((SectionKind.Metadata, [information]));
        if (metadata.Labels.Count > 0)
            sections.Add((SectionKind.Labels, [labels]));
        if (metadata.Preprocessing is { } preprocessing)
            sections.Add((SectionKind.Preprocessing, [PreprocessingSection.Write(preprocessing)]));
        if (weights.Count > 0)
            sections.Add((SectionKind.Weights, weights));
        front = HeaderAndTable();
    }

    /// <summary>Bytes of the whole file.</summary>
    public long Length => BinaryPrimitives.ReadInt64LittleEndian(front.AsSpan(16));

    /// <summary>Writes the file's bytes.</summary>
    public void WriteTo(Stream stream)
    {
        stream.Write(front);
        Span<byte> zeros = stackalloc byte[EdgeFile.Alignment];
        zeros.Clear();
        foreach ((_, IReadOnlyList<ReadOnlyMemory<byte>> parts) in sections)
        {
            foreach (ReadOnlyMemory<byte> part in parts)
            {
                stream.Write(part.Span);
                stream.Write(zeros[..(int)(EdgeFile.Align(part.Length) - part.Length)]);
            }
        }
    }

    /// <summary>Writes to a temporary name beside <paramref name="path"/> and renames, so that a reader never sees half a file.</summary>
    /// <exception cref="EdgeModelException">The file cannot be written.</exception>
    public void Save(string path)
    {
        string temporary = $"{path}.{Environment.ProcessId}.tmp";
        try
        {
            try
            {
                using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write))
                {
                    WriteTo(stream);
                    stream.Flush(flushToDisk: true);
                }

                File.Move(temporary, path, overwrite: true);
            }
            catch
            {
                File.Delete(temporary);
                throw;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new EdgeModelException(ModelError.Unreadable, $"'{path}' cannot be written: {e.Message}", e);
        }
    }

    private static void CheckLimits(Graph graph, ModelMetadata metadata)
    {
        Check(graph.Tensors.Count, "tensors", EdgeFile.MaxTensors);
        Check(graph.Nodes.Count, "operators", EdgeFile.MaxOperators);
        Check(graph.Inputs.Count, "inputs", EdgeFile.MaxOperands);
        Check(graph.Outputs.Count, "outputs", EdgeFile.MaxOperands);
        Check(metadata.Labels.Count, "labels", EdgeFile.MaxLabels);
        Check(metadata.Properties.Count, "properties", EdgeFile.MaxProperties);
        foreach (Node node in graph.Nodes)
        {
            Check(node.Inputs.Count, $"inputs of operator '{node.Name}'", EdgeFile.MaxOperands);
            Check(node.Outputs.Count, $"outputs of operator '{node.Name}'", EdgeFile.MaxOperands);
        }
    }

    private static void Check(int count, string items, int limit)
    {
        if (count > limit)
            throw new EdgeModelException(ModelError.TooLarge, $"the model has {count} {items}; the limit of a file is {limit}");
    }

    private static ReadOnlyMemory<byte> GraphEnds(Graph graph)
    {
        var writer = new SectionWriter();
        writer.U32((uint)graph.Inputs.Count);
        writer.U32((uint)graph.Outputs.Count);
        writer.Ints(graph.Inputs);
        writer.Ints(graph.Outputs);
        return writer.Content;
    }

    private static long ContentLength(IReadOnlyList<ReadOnlyMemory<byte>> parts)
    {
        long length = 0;
        foreach (ReadOnlyMemory<byte> part in parts)
            length = EdgeFile.Align(length) + part.Length;
        return length;
    }

    private static uint ContentChecksum(IReadOnlyList<ReadOnlyMemory<byte>> parts)
    {
        Span<byte> zeros = stackalloc byte[EdgeFile.Alignment];
        zeros.Clear();
        uint checksum = 0;
        for (int i = 0; i < parts.Count; i++)
        {
            checksum = Crc32C.Append(checksum, parts[i].Span);
            if (i + 1 < parts.Count)
                checksum = Crc32C.Append(checksum, zeros[..(int)(EdgeFile.Align(parts[i].Length) - parts[i].Length)]);
        }

        return checksum;
    }

    private ReadOnlyMemory<byte> Tensors(Graph graph, List<ReadOnlyMemory<byte>> weights)
    {
        var writer = new SectionWriter();
        writer.U32((uint)graph.Tensors.Count);
        long offset = 0;
        foreach (TensorInfo tensor in graph.Tensors)
        {
            writer.U32(strings.AddName(tensor.Name));
            writer.U8((byte)tensor.Type);
            writer.U8((byte)tensor.Shape.Rank);
            writer.U8((byte)((tensor.IsConstant ? EdgeFile.ConstantFlag : 0) | (tensor.Quantization is null ? 0 : EdgeFile.QuantizedFlag)));
            writer.U8(tensor.IsConstant ? (byte)tensor.Encoding : (byte)0);
            foreach (int d in tensor.Shape.Dimensions)
                writer.I32(d);
            if (tensor.Quantization is { } quantization)
                TensorSection.WriteQuantization(writer, tensor, quantization);
            if (tensor.Data is { } data)
            {
                if (data.Length != tensor.ByteSize)
                    throw new EdgeModelException(ModelError.BadShape, $"constant '{tensor.Name}' has {data.Length} bytes; {tensor.Type} {tensor.Shape} needs {tensor.ByteSize}");
                TensorSection.CheckBitPadding(tensor);
                ReadOnlyMemory<byte> stored = TensorCodec.For(tensor.Encoding, tensor.Name).Encode(tensor);
                offset = EdgeFile.Align(offset);
                writer.U64((ulong)offset);
                writer.U64((ulong)stored.Length);
                offset += stored.Length;
                weights.Add(stored);
            }
        }

        return writer.Content;
    }

    private ReadOnlyMemory<byte> Operators(Graph graph)
    {
        var writer = new SectionWriter();
        writer.U32((uint)graph.Nodes.Count);
        foreach (Node node in graph.Nodes)
            OperatorSection.Write(writer, node, strings);
        return writer.Content;
    }

    private ReadOnlyMemory<byte> Metadata(ModelMetadata metadata)
    {
        var writer = new SectionWriter();
        writer.U32(strings.AddName(metadata.Name));
        writer.U32(strings.AddText(metadata.Description));
        writer.U32(strings.AddText(metadata.Origin));
        writer.U32(strings.AddText(metadata.Licence));
        writer.U32(strings.AddText(metadata.CreatedBy));
        writer.U32((uint)metadata.Properties.Count);
        foreach ((string key, string value) in metadata.Properties.OrderBy(p => p.Key, StringComparer.Ordinal))
        {
            writer.U32(strings.AddName(key));
            writer.U32(strings.AddText(value));
        }

        return writer.Content;
    }

    private ReadOnlyMemory<byte> Labels(IReadOnlyList<string> labels)
    {
        var writer = new SectionWriter();
        writer.U32((uint)labels.Count);
        foreach (string label in labels)
            writer.U32(strings.AddName(label));
        return writer.Content;
    }

    private byte[] HeaderAndTable()
    {
        long offset = EdgeFile.Align(EdgeFile.HeaderLength + (sections.Count * EdgeFile.TableEntryLength));
        byte[] bytes = new byte[offset];
        Span<byte> entry = bytes.AsSpan(EdgeFile.HeaderLength);
        foreach ((SectionKind kind, IReadOnlyList<ReadOnlyMemory<byte>> parts) in sections)
        {
            long length = ContentLength(parts);
            BinaryPrimitives.WriteUInt32LittleEndian(entry, (uint)kind);
            BinaryPrimitives.WriteInt64LittleEndian(entry[8..], offset);
            BinaryPrimitives.WriteInt64LittleEndian(entry[16..], length);
            BinaryPrimitives.WriteUInt32LittleEndian(entry[24..], ContentChecksum(parts));
            entry = entry[EdgeFile.TableEntryLength..];
            offset = EdgeFile.Align(offset + length);
        }

        if (offset > EdgeFile.MaxFileLength)
            throw new EdgeModelException(ModelError.TooLarge, $"the file would have {offset} bytes; the limit is {EdgeFile.MaxFileLength}");
        EdgeFile.Magic.CopyTo(bytes);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(8), EdgeFile.MajorVersion);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(10), EdgeFile.MinorVersion);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(12), sections.Count);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(16), offset);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(24), Crc32C.Compute(bytes.AsSpan(EdgeFile.HeaderLength)));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(28), Crc32C.Compute(bytes.AsSpan(0, 28)));
        return bytes;
    }
}
