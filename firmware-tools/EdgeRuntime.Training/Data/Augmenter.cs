namespace EdgeRuntime.Training.Data;

/// <summary>Applies an <see cref="Augmentation"/> to one picture: one bilinear resampling of the source, black outside of it.</summary>
internal static class Augmenter
{
    /// <summary>Writes the changed picture of <paramref name="source"/> to <paramref name="target"/>, both HWC bytes of the set's size.</summary>
    public static void Apply(Augmentation augmentation, ref SeededRandom random, ReadOnlySpan<byte> source, Span<byte> target, int height, int width, int channels)
    {
        int dy = augmentation.Shift == 0 ? 0 : random.Below(2 * augmentation.Shift + 1) - augmentation.Shift;
        int dx = augmentation.Shift == 0 ? 0 : random.Below(2 * augmentation.Shift + 1) - augmentation.Shift;
        bool mirror = augmentation.Flip && random.Below(2) == 1;
        if (augmentation.IsAffine)
            Affine(augmentation, ref random, source, target, height, width, channels, dy, dx, mirror);
        else
            ShiftAndFlip(source, target, height, width, channels, dy, dx, mirror);
        if (augmentation.Contrast > 0 || augmentation.Noise > 0)
            Tone(augmentation, ref random, target);
    }

    private static void ShiftAndFlip(ReadOnlySpan<byte> source, Span<byte> target, int height, int width, int channels, int dy, int dx, bool mirror)
    {
        target.Clear();
        for (int y = Math.Max(0, -dy); y < Math.Min(height, height - dy); y++)
        {
            for (int x = Math.Max(0, -dx); x < Math.Min(width, width - dx); x++)
            {
                int to = mirror ? width - 1 - x : x;
                source.Slice(((y + dy) * width + x + dx) * channels, channels).CopyTo(target[((y * width + to) * channels)..]);
            }
        }
    }

    private static void Affine(
        Augmentation a, ref SeededRandom random, ReadOnlySpan<byte> source, Span<byte> target, int height, int width, int channels, int dy, int dx, bool mirror)
    {
        float angle = random.Uniform(-a.Rotation, a.Rotation) * MathF.PI / 180;
        float scale = random.Uniform(a.ScaleLow, a.ScaleHigh), shear = random.Uniform(-a.Shear, a.Shear);
        float cos = MathF.Cos(angle) / scale, sin = MathF.Sin(angle) / scale;
        float cy = (height - 1) / 2f, cx = (width - 1) / 2f;
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                float v = y - cy + dy, u = (mirror ? cx - x : x - cx) + dx;
                u += shear * v;
                float sy = sin * u + cos * v + cy, sx = cos * u - sin * v + cx;
                int y0 = (int)MathF.Floor(sy), x0 = (int)MathF.Floor(sx);
                float fy = sy - y0, fx = sx - x0;
                for (int c = 0; c < channels; c++)
                {
                    float top = At(source, y0, x0, c) * (1 - fx) + At(source, y0, x0 + 1, c) * fx;
                    float bottom = At(source, y0 + 1, x0, c) * (1 - fx) + At(source, y0 + 1, x0 + 1, c) * fx;
                    target[(y * width + x) * channels + c] = (byte)(top * (1 - fy) + bottom * fy + 0.5f);
                }
            }
        }

        float At(ReadOnlySpan<byte> pixels, int y, int x, int c) =>
            (uint)y < (uint)height && (uint)x < (uint)width ? pixels[(y * width + x) * channels + c] : 0;
    }

    private static void Tone(Augmentation a, ref SeededRandom random, Span<byte> pixels)
    {
        float gain = 1 - random.Uniform(0, a.Contrast), noise = random.Uniform(0, a.Noise);
        for (int i = 0; i < pixels.Length; i++)
        {
            // The sum of four uniform numbers is near enough to a normal one; its deviation is sqrt(4 / 12).
            ulong bits = random.NextBits();
            float sum = ((bits & 0xffff) + ((bits >> 16) & 0xffff) + ((bits >> 32) & 0xffff) + (bits >> 48)) / 65536f - 2;
            pixels[i] = (byte)Math.Clamp(pixels[i] * gain + sum * noise * 1.732f + 0.5f, 0, 255);
        }
    }
}
