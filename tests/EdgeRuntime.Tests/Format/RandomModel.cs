using EdgeRuntime.Model;

namespace EdgeRuntime.Tests.Format;

/// <summary>Models of random content that a file can hold; they need not be runnable.</summary>
internal static class RandomModel
{
    public static EdgeModel Create(int seed)
    {
        var random = new Random(seed);
        var builder = new GraphBuilder();
        int tensors = random.Next(1, 20);
        for (int i = 0; i < tensors; i++)
            builder.AddTensor(Tensor(random, i));
        OperatorKind[] kinds = Enum.GetValues<OperatorKind>();
        for (int i = random.Next(0, 12); i > 0; i--)
        {
            OperatorKind kind = kinds[random.Next(kinds.Length)];
            if (Options(random, kind) is { } options)
                builder.AddNode(kind, $"op {i}", Indices(random, tensors, -1, 0), Indices(random, tensors, 0, 1), options);
        }

        foreach (int t in Indices(random, tensors, 0, 0))
            builder.AddInput(t);
        foreach (int t in Indices(random, tensors, 0, 0))
            builder.AddOutput(t);
        return new EdgeModel(builder.Build(), Metadata(random));
    }

    private static TensorInfo Tensor(Random random, int index)
    {
        DataType type = (DataType)random.Next(1, 5);
        int[] dims = new int[random.Next(0, Shape.MaxRank + 1)];
        for (int d = 0; d < dims.Length; d++)
            dims[d] = random.Next(1, d == dims.Length - 1 ? 70 : 4);
        Shape shape = new(dims);
        Quantization? quantization = null;
        if (type is DataType.Int8 or DataType.Int32 && random.Next(2) == 0)
        {
            int axis = random.Next(-1, dims.Length);
            int count = axis < 0 ? 1 : dims[axis];
            quantization = new Quantization(
                [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() + 1e-6f)],
                [.. Enumerable.Range(0, count).Select(_ => random.Next(-128, 128))],
                axis);
        }

        if (random.Next(2) == 0)
            return new TensorInfo($"activation {index}", type, shape, quantization);
        byte[] data = new byte[DataTypes.ByteSize(type, shape)];
        random.NextBytes(data);
        TensorEncoding encoding = TensorEncoding.Raw;
        if (type == DataType.Bit)
        {
            ClearUnusedBits(data, dims.Length == 0 ? 1 : dims[^1]);
        }
        else if (type == DataType.Int8 && random.Next(3) == 0)
        {
            encoding = TensorEncoding.Packed4;
            for (int i = 0; i < data.Length; i++)
                data[i] = (byte)((sbyte)data[i] >> 4);
        }
        else if (random.Next(2) == 0)
        {
            encoding = TensorEncoding.Codebook;
            int width = type == DataType.Int8 ? 1 : 4;
            byte[] book = new byte[width * random.Next(1, 257)];
            random.NextBytes(book);
            for (int i = 0; i < data.Length; i += width)
                book.AsSpan(random.Next(book.Length / width) * width, width).CopyTo(data.AsSpan(i));
        }

        return new TensorInfo($"constant {index}", type, shape, quantization, data) { Encoding = encoding };
    }

    private static void ClearUnusedBits(byte[] data, int channels)
    {
        int row = DataTypes.WordsFor(channels) * 32;
        for (int bit = 0; bit < data.Length * 8; bit++)
        {
            if (bit % row >= channels)
                data[bit / 8] &= (byte)~(1 << (bit % 8));
        }
    }

    private static int[] Indices(Random random, int tensors, int least, int fewest) =>
        [.. Enumerable.Range(0, random.Next(fewest, 5)).Select(_ => random.Next(least, tensors))];

    private static OperatorOptions? Options(Random random, OperatorKind kind)
    {
        int[] list = [.. Enumerable.Range(0, random.Next(0, 7)).Select(_ => random.Next(-9, 9))];
        Activation activation = (Activation)random.Next(4);
        Padding2D padding = random.Next(3) switch
        {
            0 => Padding2D.Valid,
            1 => Padding2D.Same,
            _ => Padding2D.Of(random.Next(4), random.Next(4), random.Next(4), random.Next(4)),
        };
        return kind switch
        {
            OperatorKind.Conv2D or OperatorKind.DepthwiseConv2D => new Conv2DOptions
            {
                StrideHeight = random.Next(1, 4),
                StrideWidth = random.Next(1, 4),
                DilationHeight = random.Next(1, 4),
                DilationWidth = random.Next(1, 4),
                Padding = padding,
                Groups = random.Next(1, 4),
                Activation = activation,
            },
            OperatorKind.MaxPool2D or OperatorKind.AveragePool2D => new Pool2DOptions
            {
                FilterHeight = random.Next(1, 4),
                FilterWidth = random.Next(1, 4),
                StrideHeight = random.Next(1, 4),
                StrideWidth = random.Next(1, 4),
                Padding = padding,
                Activation = activation,
            },
            OperatorKind.FullyConnected or OperatorKind.Add or OperatorKind.Sub or OperatorKind.Mul => new ActivationOptions(activation),
            OperatorKind.Softmax => new SoftmaxOptions(random.NextSingle()),
            OperatorKind.Concat or OperatorKind.Split or OperatorKind.ArgMax => new AxisOptions(random.Next(-4, 4), activation),
            OperatorKind.Mean => new ReduceOptions(list, random.Next(2) == 0),
            OperatorKind.Transpose => new TransposeOptions(list),
            OperatorKind.Pad => new PadOptions(list, list),
            OperatorKind.Slice or OperatorKind.StridedSlice => new SliceOptions(list, list),
            OperatorKind.ResizeNearest or OperatorKind.ResizeBilinear => new ResizeOptions(random.Next(2) == 0, random.Next(2) == 0),
            OperatorKind.ChannelShuffle => new GroupOptions(random.Next(1, 5)),
            >= OperatorKind.Binarize => null,
            _ => NoOptions.Instance,
        };
    }

    private static ModelMetadata Metadata(Random random)
    {
        bool grey = random.Next(2) == 0;
        float[] values = [.. Enumerable.Range(0, grey ? 1 : 3).Select(_ => random.NextSingle() + 0.01f)];
        return new ModelMetadata
        {
            Name = "näme " + random.Next(),
            Description = random.Next(2) == 0 ? "" : "two\nlines\tand 文字",
            Origin = "origin",
            Licence = "Apache-2.0",
            CreatedBy = "a test",
            Labels = [.. Enumerable.Range(0, random.Next(0, 4)).Select(i => $"label {i % 2}")],
            Preprocessing = random.Next(2) == 0 ? null : new ImagePreprocessing(
                random.Next(1, 300), random.Next(1, 300), grey ? ImageChannels.Grey : ImageChannels.Bgr, (ImageLayout)random.Next(2), (ImageFit)random.Next(3), values, values),
            Properties = Enumerable.Range(0, random.Next(0, 4)).ToDictionary(i => $"key {9 - i}", i => $"value {i}"),
        };
    }
}
