namespace EdgeRuntime.Compression;

/// <summary>One choice of bits for every layer.</summary>
/// <param name="Precisions">Precision of each layer, in the quantizer's order.</param>
/// <param name="Bytes">Length of the whole .edge file.</param>
/// <param name="Distortion">Sum of the layers' own distortions: what the search predicts.</param>
public sealed record PrecisionPoint(IReadOnlyList<WeightPrecision> Precisions, long Bytes, double Distortion)
{
    /// <summary>Measured accuracy, a share of 0..1; null where it was not measured.</summary>
    public double? Accuracy { get; init; }

    /// <summary>Bits of the layers, as "8 4 3 …".</summary>
    public string Bits => string.Join(' ', Precisions.Select(p => p.Bits));
}

/// <summary>
/// Bits per layer from measured sensitivity. Each layer alone is rounded to fewer bits, the others kept at 8, and the network's distortion measured. Then, from 8 bits for all, the
/// step that costs least distortion per byte saved is taken again and again (a greedy walk along the lower hull of distortion over bytes), down to 1 bit,
/// or as far as that makes the file smaller. The errors of different layers are taken to add up, as they do while they are small (Zhou et al. 2018, adaptive quantization).
/// </summary>
public sealed class PrecisionSearch
{
    private readonly PostTrainingQuantizer quantizer;

    /// <summary>Measures the sensitivity of every layer: one inference of the calibration inputs per layer and precision.</summary>
    /// <param name="quantizer">The network.</param>
    /// <param name="distortion">Measures a quantized network.</param>
    /// <param name="progress">Receives the share that is done.</param>
    public PrecisionSearch(PostTrainingQuantizer quantizer, Func<EdgeModel, double> distortion, IProgress<double>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(quantizer);
        ArgumentNullException.ThrowIfNull(distortion);
        this.quantizer = quantizer;
        int layers = quantizer.Layers.Count;
        WeightPrecision[] plain = [.. Enumerable.Repeat(WeightPrecision.Int8, layers)];
        double least = Measure(plain);
        var sensitivity = new double[layers][];
        var bytes = new long[layers][];
        long whole = Bytes(plain);
        for (int l = 0; l < layers; l++)
        {
            sensitivity[l] = new double[Candidates.Count];
            bytes[l] = new long[Candidates.Count];
            for (int c = 1; c < Candidates.Count; c++)
            {
                WeightPrecision[] changed = [.. plain];
                changed[l] = Candidates[c];
                sensitivity[l][c] = Math.Max(0, Measure(changed) - least);
                bytes[l][c] = Bytes(changed) - whole;
                progress?.Report(((l * (Candidates.Count - 1.0)) + c) / (layers * (Candidates.Count - 1.0)));
            }
        }

        Sensitivity = sensitivity;
        Points = Walk(bytes, least);

        double Measure(WeightPrecision[] precisions)
        {
            using EdgeModel model = quantizer.Quantize(precisions);
            return distortion(model);
        }
    }

    /// <summary>The precisions that a layer can have, from the largest down.</summary>
    public static IReadOnlyList<WeightPrecision> Candidates { get; } =
        [WeightPrecision.Int8, new(6, true), new(5, true), new(4, true), new(3, true), new(2, true), new(1, true)];

    /// <summary>For each layer and candidate how much the distortion grows when this layer alone has it.</summary>
    public IReadOnlyList<IReadOnlyList<double>> Sensitivity { get; }

    /// <summary>The walk: from 8 bits for all down to as few as make the file smaller, each point smaller than the one before.</summary>
    public IReadOnlyList<PrecisionPoint> Points { get; }

    /// <summary>The most accurate of measured points that are not larger than a size.</summary>
    /// <exception cref="CompressionException">None is; the message names the smallest.</exception>
    public static PrecisionPoint ForSize(IReadOnlyList<PrecisionPoint> points, long size)
    {
        ArgumentNullException.ThrowIfNull(points);
        PrecisionPoint smallest = points.MinBy(p => p.Bytes)!;
        return points.Where(p => p.Bytes <= size).OrderByDescending(p => p.Accuracy).ThenBy(p => p.Bytes).FirstOrDefault()
            ?? throw new CompressionException($"the network cannot be brought to {size} bytes; the nearest is {smallest.Bytes} bytes, with at most {smallest.Precisions.Max(p => p.Bits)} bits a weight");
    }

    /// <summary>The smallest of measured points that reach an accuracy.</summary>
    /// <exception cref="CompressionException">None does; the message names the most accurate.</exception>
    public static PrecisionPoint ForAccuracy(IReadOnlyList<PrecisionPoint> points, double accuracy)
    {
        ArgumentNullException.ThrowIfNull(points);
        PrecisionPoint best = points.OrderByDescending(p => p.Accuracy).ThenBy(p => p.Bytes).First();
        return points.Where(p => p.Accuracy >= accuracy).MinBy(p => p.Bytes)
            ?? throw new CompressionException(FormattableString.Invariant(
                $"no choice of bits reaches {accuracy * 100:0.##} %; the nearest is {best.Accuracy * 100:0.##} % with {best.Bytes} bytes"));
    }

    private List<PrecisionPoint> Walk(long[][] bytes, double least)
    {
        int[] at = new int[bytes.Length];
        var points = new List<PrecisionPoint> { Point(at, least) };
        while (at.Any(c => c < Candidates.Count - 1))
        {
            (int layer, int candidate, double cost) best = (-1, -1, double.PositiveInfinity);
            for (int l = 0; l < at.Length; l++)
            {
                for (int c = at[l] + 1; c < Candidates.Count; c++)
                {
                    long saved = bytes[l][at[l]] - bytes[l][c];
                    double cost = saved > 0 ? (Sensitivity[l][c] - Sensitivity[l][at[l]]) / saved : double.PositiveInfinity;
                    if (cost < best.cost)
                        best = (l, c, cost);
                }
            }

            if (best.layer < 0)
                break;
            at[best.layer] = best.candidate;
            PrecisionPoint point = Point(at, least);
            if (point.Bytes < points[^1].Bytes)
                points.Add(point);
        }

        return points;
    }

    private PrecisionPoint Point(int[] at, double least)
    {
        WeightPrecision[] precisions = [.. at.Select(c => Candidates[c])];
        return new PrecisionPoint(precisions, Bytes(precisions), least + at.Select((c, l) => Sensitivity[l][c]).Sum());
    }

    private long Bytes(IReadOnlyList<WeightPrecision> precisions)
    {
        using EdgeModel model = quantizer.Quantize(precisions);
        return model.ToBytes().Length;
    }
}
