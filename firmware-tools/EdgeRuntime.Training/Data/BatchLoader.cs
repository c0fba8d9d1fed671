using static TorchSharp.torch;

namespace EdgeRuntime.Training.Data;

/// <summary>Pictures and labels of one step: float32 NCHW, normalised per channel, and int64 labels.</summary>
public sealed class Batch(Tensor images, Tensor labels, int[] pictures) : IDisposable
{
    /// <summary>Pictures, float32 [n, channels, height, width]: (pixel / 255 - mean) / deviation.</summary>
    public Tensor Images { get; } = images;

    /// <summary>Labels, int64 [n].</summary>
    public Tensor Labels { get; } = labels;

    /// <summary>Numbers of the pictures in their set.</summary>
    public IReadOnlyList<int> Pictures { get; } = pictures;

    /// <summary>Number of pictures.</summary>
    public int Count => (int)Labels.shape[0];

    /// <inheritdoc/>
    public void Dispose()
    {
        Images.Dispose();
        Labels.Dispose();
    }
}

/// <summary>
/// Makes batches of a set. Order and augmentation depend on (seed, epoch, picture) only: batch k of epoch e is the same whether the run came there
/// straight or was resumed.
/// </summary>
public sealed class BatchLoader
{
    private readonly ImageSet set;
    private readonly Augmentation augmentation;
    private readonly ulong seed;
    private readonly float[] scale;
    private readonly float[] offset;
    private readonly bool training;
    private int[]? order;
    private int orderEpoch = -1;

    /// <summary>A loader of shuffled, augmented batches for training; the last, incomplete batch of an epoch is left out where there are others.</summary>
    public static BatchLoader ForTraining(ImageSet set, int batchSize, Normalization normalization, Augmentation augmentation, ulong seed) =>
        new(set, batchSize, normalization, augmentation, seed, training: true);

    /// <summary>A loader of all pictures in order, unchanged.</summary>
    public static BatchLoader ForEvaluation(ImageSet set, int batchSize, Normalization normalization) =>
        new(set, batchSize, normalization, Augmentation.None, 0, training: false);

    private BatchLoader(ImageSet set, int batchSize, Normalization normalization, Augmentation augmentation, ulong seed, bool training)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        this.set = set;
        this.augmentation = augmentation;
        this.seed = seed;
        this.training = training;
        BatchSize = batchSize;
        scale = [.. normalization.Deviation.Select(d => 1 / (255 * d))];
        offset = [.. normalization.Mean.Zip(normalization.Deviation, (m, d) => m / d)];
        if (scale.Length != set.Channels)
            throw new DataException(DataError.InvalidArgument, $"normalization has {scale.Length} channels, the pictures have {set.Channels}");
    }

    /// <summary>Pictures in a batch.</summary>
    public int BatchSize { get; }

    /// <summary>Batches in an epoch.</summary>
    public int BatchCount => training ? Math.Max(1, set.Count / BatchSize) : (set.Count + BatchSize - 1) / BatchSize;

    /// <summary>Pictures in an epoch.</summary>
    public int PictureCount => training && set.Count >= BatchSize ? BatchCount * BatchSize : set.Count;

    /// <summary>Makes a batch.</summary>
    public Batch Load(int epoch, int batch)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(batch);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(batch, BatchCount);
        if (order is null || (training && orderEpoch != epoch))
        {
            order = training ? new SeededRandom(seed, (ulong)epoch).Permutation(set.Count) : [.. Enumerable.Range(0, set.Count)];
            orderEpoch = epoch;
        }

        int first = batch * BatchSize, count = Math.Min(BatchSize, set.Count - first);
        int plane = set.Height * set.Width, channels = set.Channels;
        var values = new float[count * plane * channels];
        var labels = new long[count];
        int[] numbers = order[first..(first + count)];
        var changed = new byte[set.PictureBytes];
        bool augment = training && augmentation != Augmentation.None;
        for (int i = 0; i < count; i++)
        {
            int picture = numbers[i];
            labels[i] = set.Labels[picture];
            ReadOnlySpan<byte> pixels = set.Picture(picture);
            if (augment)
            {
                var random = new SeededRandom(seed ^ 0xa06e, (ulong)epoch, (ulong)picture);
                Augmenter.Apply(augmentation, ref random, pixels, changed, set.Height, set.Width, channels);
                pixels = changed;
            }

            for (int c = 0; c < channels; c++)
            {
                Span<float> target = values.AsSpan((i * channels + c) * plane, plane);
                for (int p = 0; p < plane; p++)
                    target[p] = pixels[p * channels + c] * scale[c] - offset[c];
            }
        }

        return new Batch(tensor(values, [count, channels, set.Height, set.Width]), tensor(labels), numbers);
    }
}

/// <summary>Mean and standard deviation per channel, of pixels in 0..1, by which a network's input is normalised.</summary>
public sealed record Normalization(IReadOnlyList<float> Mean, IReadOnlyList<float> Deviation)
{
    /// <summary>The normalization of a training set.</summary>
    public static Normalization Of(ImageSet set)
    {
        ArgumentNullException.ThrowIfNull(set);
        var (mean, deviation) = set.Statistics();
        return new Normalization(mean, deviation);
    }

    /// <summary>Pixels 0..255 become -1..1, whatever the data.</summary>
    public static Normalization Symmetric(int channels) =>
        new(Enumerable.Repeat(0.5f, channels).ToArray(), Enumerable.Repeat(0.5f, channels).ToArray());
}
