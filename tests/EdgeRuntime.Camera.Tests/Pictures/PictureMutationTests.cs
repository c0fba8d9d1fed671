namespace EdgeRuntime.Camera.Tests;

/// <summary>Mutated pictures either decode to a frame of their stated size or are refused; nothing else comes out.</summary>
public class PictureMutationTests(ITestOutputHelper output)
{
    [Fact]
    public void Thousands_of_mutated_pictures_decode_or_are_refused() => Mutate(3000);

    [Fact]
    [Trait("Category", "Long")]
    public void A_hundred_thousand_mutated_pictures_decode_or_are_refused() => Mutate(100_000);

    private void Mutate(int count)
    {
        List<byte[]> seeds =
        [
            PictureSamples.Png(9, 7, 2, 8).File, PictureSamples.Png(9, 7, 3, 4).File, PictureSamples.Png(9, 7, 0, 1).File,
            PictureSamples.Bmp(9, 7, 24, false).File, PictureSamples.Bmp(9, 7, 8, true).File,
        ];
        Assert.SkipUnless(PictureDecoder.HasTurboJpeg, "the system has no libturbojpeg");
        seeds.Add(File.ReadAllBytes(TestData.Path("images/neural-compressor_golden_gate_sq.jpg")));
        var random = new Random(5);
        using var decoder = new PictureDecoder();
        var frame = new Frame();
        int decoded = 0, refused = 0;
        for (int i = 0; i < count; i++)
        {
            byte[] file = (byte[])seeds[i % seeds.Count].Clone();
            for (int changes = random.Next(1, 6); changes > 0; changes--)
                file[random.Next(2) == 0 ? random.Next(Math.Min(64, file.Length)) : random.Next(file.Length)] = (byte)random.Next(256);
            if (i % 7 == 0)
                file = file[..random.Next(file.Length)];
            else if (i % 3 == 0 && i % seeds.Count < 3)
                RepairChecksums(file);
            try
            {
                decoder.Decode(file, frame);
                Assert.Equal(frame.Format.ByteLength, frame.Data.Length);
                decoded++;
            }
            catch (CameraException e)
            {
                Assert.False(string.IsNullOrWhiteSpace(e.Message));
                refused++;
            }
        }

        output.WriteLine($"{decoded} decoded, {refused} refused");
        Assert.True(refused > count / 20 && decoded > count / 20);
    }

    // Makes mutated PNG chunks pass the checksum, so that what lies behind it is reached.
    private static void RepairChecksums(byte[] file)
    {
        for (int at = 8; at + 12 <= file.Length;)
        {
            long length = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(at));
            if (length > file.Length - at - 12)
                return;
            uint crc = Crc32.Compute(file.AsSpan(at + 4, 4 + (int)length));
            System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(file.AsSpan(at + 8 + (int)length), crc);
            at += 12 + (int)length;
        }
    }
}
