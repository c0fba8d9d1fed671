using EdgeRuntime.Camera;

namespace EdgeRuntime.Daemon.Tests;

/// <summary>Writes frames as picture files.</summary>
internal static class GreyBitmap
{
    /// <summary>A 24-bit BMP file of a grey frame, rows bottom-up.</summary>
    public static byte[] Of(Frame frame)
    {
        (int width, int height) = (frame.Format.Width, frame.Format.Height);
        int row = ((width * 3) + 3) & ~3;
        byte[] file = new byte[54 + (row * height)];
        "BM"u8.CopyTo(file);
        BitConverter.TryWriteBytes(file.AsSpan(2), file.Length);
        BitConverter.TryWriteBytes(file.AsSpan(10), 54);
        BitConverter.TryWriteBytes(file.AsSpan(14), 40);
        BitConverter.TryWriteBytes(file.AsSpan(18), width);
        BitConverter.TryWriteBytes(file.AsSpan(22), height);
        BitConverter.TryWriteBytes(file.AsSpan(26), (short)1);
        BitConverter.TryWriteBytes(file.AsSpan(28), (short)24);
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
                file.AsSpan(54 + ((height - 1 - y) * row) + (x * 3), 3).Fill(frame.Data[(y * width) + x]);
        }

        return file;
    }
}
