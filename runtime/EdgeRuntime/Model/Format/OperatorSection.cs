namespace EdgeRuntime.Model.Format;

/// <summary>Reads and writes the records of the operators section.</summary>
internal static class OperatorSection
{
    private const int LeastRecordLength = 16;
    private const int LeastAttributeLength = 8;

    public static Node[] Read(ReadOnlySpan<byte> content, StringTable strings, int tensors)
    {
        var reader = new SectionReader(SectionKind.Operators, content);
        var nodes = new Node[reader.Count("operators", EdgeFile.MaxOperators, LeastRecordLength)];
        for (int i = 0; i < nodes.Length; i++)
        {
            var kind = (OperatorKind)reader.U16();
            int attributeCount = reader.ShortCount("attributes", EdgeFile.MaxAttributes, LeastAttributeLength);
            string name = strings.NextName(ref reader, "an operator's name");
            int inputCount = reader.ShortCount("inputs", EdgeFile.MaxOperands, 4);
            int outputCount = reader.ShortCount("outputs", EdgeFile.MaxOperands, 4);
            int[] inputs = reader.Ints(inputCount);
            int[] outputs = reader.Ints(outputCount);
            CheckIndices(ref reader, name, inputs, tensors, least: -1);
            CheckIndices(ref reader, name, outputs, tensors, least: 0);
            if (outputCount == 0)
                throw reader.Wrong($"operator '{name}' has no output", ModelError.BadGraph);
            OperatorAttribute[] attributes = ReadAttributes(ref reader, name, attributeCount);
            nodes[i] = new Node(kind, name, inputs, outputs, OperatorOptions.Read(kind, new AttributeReader(name, attributes)));
        }

        reader.Finish();
        return nodes;
    }

    public static void Write(SectionWriter writer, Node node, StringCollector strings)
    {
        var options = new AttributeWriter();
        node.Options.Write(options);
        if (OperatorOptions.Read(node.Kind, new AttributeReader(node.Name, options.Attributes)).GetType() != node.Options.GetType())
            throw new EdgeModelException(ModelError.Unsupported, $"operator '{node.Name}' ({node.Kind}) has {node.Options.GetType().Name}, which are those of another operator");
        writer.U16((int)node.Kind);
        writer.U16(options.Attributes.Count);
        writer.U32(strings.AddName(node.Name));
        writer.U16(node.Inputs.Count);
        writer.U16(node.Outputs.Count);
        writer.Ints(node.Inputs);
        writer.Ints(node.Outputs);
        foreach (OperatorAttribute attribute in options.Attributes)
        {
            writer.U16((int)attribute.Key);
            writer.U16((int)attribute.Type);
            if (attribute.Type == AttributeType.Ints)
            {
                int count = attribute.Ints!.Length;
                if (count > EdgeFile.MaxAttributeInts)
                    throw new EdgeModelException(ModelError.TooLarge, $"operator '{node.Name}': attribute {attribute.Key} has {count} numbers; the limit is {EdgeFile.MaxAttributeInts}");
                writer.U32((uint)count);
                writer.Ints(attribute.Ints);
            }
            else if (attribute.Type == AttributeType.Float)
            {
                writer.F32(attribute.Float);
            }
            else
            {
                writer.I32(attribute.Int);
            }
        }
    }

    private static OperatorAttribute[] ReadAttributes(ref SectionReader reader, string operatorName, int count)
    {
        var attributes = new OperatorAttribute[count];
        for (int i = 0; i < count; i++)
        {
            var key = (AttributeKey)reader.U16();
            var type = (AttributeType)reader.U16();
            for (int earlier = 0; earlier < i; earlier++)
            {
                if (attributes[earlier].Key == key)
                    throw reader.Wrong($"operator '{operatorName}' has attribute {(int)key} twice");
            }

            attributes[i] = type switch
            {
                AttributeType.Int => OperatorAttribute.Of(key, reader.I32()),
                AttributeType.Float => OperatorAttribute.Of(key, reader.F32()),
                AttributeType.Ints => OperatorAttribute.Of(key, reader.Ints(reader.Count("numbers in an attribute", EdgeFile.MaxAttributeInts, 4))),
                _ => throw reader.Wrong($"operator '{operatorName}': attribute {(int)key} has type {(int)type}, which is not known to this runtime", ModelError.Unsupported),
            };
        }

        return attributes;
    }

    private static void CheckIndices(ref SectionReader reader, string operatorName, int[] indices, int tensors, int least)
    {
        foreach (int t in indices)
        {
            if (t < least || t >= tensors)
                throw reader.Wrong($"operator '{operatorName}' names tensor {t}; it must be {least} to {tensors - 1}");
        }
    }
}
