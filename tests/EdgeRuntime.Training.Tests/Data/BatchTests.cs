using EdgeRuntime.Training.Data;

namespace EdgeRuntime.Training.Tests.Data;

public class BatchTests
{
    private static readonly Augmentation Everything = Augmentation.Digits with { Flip = true };

    [Fact]
    public void A_batch_depends_on_seed_epoch_and_number_only()
    {
        ImageSet set = TestData.Bars(100, 8, 3, 4, 1);
        BatchLoader straight = BatchLoader.ForTraining(set, 16, Normalization.Of(set), Everything, 5);
        BatchLoader resumed = BatchLoader.ForTraining(set, 16, Normalization.Of(set), Everything, 5);
        for (int epoch = 0; epoch < 3; epoch++)
        {
            for (int b = 0; b < straight.BatchCount; b++)
                straight.Load(epoch, b).Dispose();
        }

        using Batch a = straight.Load(3, 2), same = resumed.Load(3, 2), other = resumed.Load(4, 2);
        Assert.Equal(a.Images.data<float>().ToArray(), same.Images.data<float>().ToArray());
        Assert.Equal(a.Labels.data<long>().ToArray(), same.Labels.data<long>().ToArray());
        Assert.NotEqual(a.Images.data<float>().ToArray(), other.Images.data<float>().ToArray());
        using Batch seeded = BatchLoader.ForTraining(set, 16, Normalization.Of(set), Everything, 6).Load(3, 2);
        Assert.NotEqual(a.Images.data<float>().ToArray(), seeded.Images.data<float>().ToArray());
    }

    [Fact]
    public void An_epoch_shows_every_picture_once()
    {
        ImageSet set = TestData.Bars(64, 8, 1, 4, 1);
        for (int i = 0; i < set.Count; i++)
            set.Pixels[i * 64] = (byte)i;
        BatchLoader loader = BatchLoader.ForTraining(set, 16, Normalization.Symmetric(1), Augmentation.None, 5);
        var seen = new List<int>();
        for (int b = 0; b < loader.BatchCount; b++)
        {
            using Batch batch = loader.Load(0, b);
            for (int i = 0; i < batch.Count; i++)
                seen.Add((int)MathF.Round((batch.Images[i, 0, 0, 0].item<float>() * 0.5f + 0.5f) * 255));
        }

        Assert.NotEqual(Enumerable.Range(0, 64), seen);
        Assert.Equal(Enumerable.Range(0, 64), seen.Order());
    }

    [Fact]
    public void Evaluation_batches_hold_all_pictures_in_order_normalised_per_channel()
    {
        ImageSet set = TestData.Bars(37, 8, 3, 4, 1);
        Normalization normalization = new([0.5f, 0.4f, 0.3f], [0.2f, 0.25f, 0.5f]);
        BatchLoader loader = BatchLoader.ForEvaluation(set, 10, normalization);
        Assert.Equal(4, loader.BatchCount);
        using Batch last = loader.Load(0, 3);
        Assert.Equal(7, last.Count);
        Assert.Equal(set.Labels[30..], last.Labels.data<long>().Select(l => (int)l));
        Assert.Equal((set.Picture(33)[(5 * 8 + 6) * 3 + 1] / 255f - 0.4f) / 0.25f, last.Images[3, 1, 5, 6].item<float>(), 1e-5f);
    }

    [Fact]
    public void Augmentation_without_amounts_keeps_the_picture_and_a_shift_moves_it_over_black()
    {
        byte[] source = [.. Enumerable.Range(1, 25).Select(v => (byte)v)];
        var target = new byte[25];
        var random = new SeededRandom(1);
        Augmenter.Apply(Augmentation.None, ref random, source, target, 5, 5, 1);
        Assert.Equal(source, target);
        var shifted = new HashSet<string>();
        for (ulong i = 0; i < 200; i++)
        {
            random = new SeededRandom(i);
            Augmenter.Apply(new Augmentation { Shift = 1 }, ref random, source, target, 5, 5, 1);
            shifted.Add(Convert.ToHexString(target));
            Assert.Equal(13, target.Contains((byte)13) ? 13 : 0);
        }

        Assert.Equal(9, shifted.Count);
    }

    [Fact]
    public void Validation_is_cut_from_the_training_set_and_the_same_for_the_same_seed()
    {
        TestData.Require("mnist");
        DataSplits a = DataSets.Load("mnist", TestData.Root, 5000, 1), b = DataSets.Load("mnist", TestData.Root, 5000, 1), c = DataSets.Load("mnist", TestData.Root, 5000, 2);
        Assert.Equal((55000, 5000, 10000), (a.Train.Count, a.Validation.Count, a.Test.Count));
        Assert.Equal(a.Validation.Labels, b.Validation.Labels);
        Assert.NotEqual(a.Validation.Labels, c.Validation.Labels);
    }
}
