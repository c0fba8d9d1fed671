using System.Runtime.InteropServices;
using EdgeRuntime.Compression.Tests.Import;

namespace EdgeRuntime.Compiler.Tests;

/// <summary>A network that says which colour a picture of 4x4 pixels has most of, and pictures to try it on.</summary>
internal static class ColourModel
{
    private const int FullyConnected = 9;
    private const int Softmax = 25;
    private const int Mean = 40;

    /// <summary>A .tflite file: mean over the pixels, a fully connected layer that sorts red, green, blue into the alphabetical order of the classes, softmax.</summary>
    public static byte[] TFLite()
    {
        var file = new TFLiteFile();
        int x = file.Add(new FileTensor("picture", TFLiteFile.Float32, [1, 4, 4, 3]));
        int mean = file.Add(new FileTensor("mean", TFLiteFile.Float32, [1, 3]));
        int scores = file.Add(new FileTensor("scores", TFLiteFile.Float32, [1, 3]));
        int y = file.Add(new FileTensor("probabilities", TFLiteFile.Float32, [1, 3]));
        int weights = file.Add(new FileTensor("weights", TFLiteFile.Float32, [3, 3]) { Data = MemoryMarshal.AsBytes<float>([0, 0, 8, 0, 8, 0, 8, 0, 0]).ToArray() });
        file.Operator(Mean, [x, file.Ints(1, 2)], [mean], new Options(27, (0, false)));
        file.Operator(FullyConnected, [mean, weights, -1], [scores], new Options(8, (0, (byte)0)));
        file.Operator(Softmax, [scores], [y], new Options(9, (0, 1f)));
        file.Inputs.Add(x);
        file.Outputs.Add(y);
        return file.Build();
    }

    /// <summary>A 24-bit BMP file of one colour; the side is a multiple of 4, so that rows need no padding.</summary>
    public static byte[] Bitmap(byte red, byte green, byte blue, int side = 8)
    {
        byte[] file = new byte[54 + (side * side * 3)];
        "BM"u8.CopyTo(file);
        BitConverter.TryWriteBytes(file.AsSpan(2), file.Length);
        BitConverter.TryWriteBytes(file.AsSpan(10), 54);
        BitConverter.TryWriteBytes(file.AsSpan(14), 40);
        BitConverter.TryWriteBytes(file.AsSpan(18), side);
        BitConverter.TryWriteBytes(file.AsSpan(22), side);
        BitConverter.TryWriteBytes(file.AsSpan(26), (short)1);
        BitConverter.TryWriteBytes(file.AsSpan(28), (short)24);
        for (int i = 54; i < file.Length; i += 3)
            (file[i], file[i + 1], file[i + 2]) = (blue, green, red);
        return file;
    }

    /// <summary>Pictures in folders test/blue, test/green, test/red and a small train part: two of each, and one red one among the green.</summary>
    public static string Pictures(string folder)
    {
        foreach ((string colour, byte red, byte green, byte blue) in new (string, byte, byte, byte)[] { ("blue", 10, 20, 250), ("green", 0, 200, 30), ("red", 220, 40, 5) })
        {
            foreach (string part in (string[])["train", "test"])
            {
                string path = Path.Combine(folder, "colours", part, colour);
                Directory.CreateDirectory(path);
                File.WriteAllBytes(Path.Combine(path, "a.bmp"), Bitmap(red, green, blue));
                File.WriteAllBytes(Path.Combine(path, "b.bmp"), Bitmap((byte)(red / 2), (byte)(green / 2), (byte)(blue / 2), side: 4));
            }
        }

        string set = Path.Combine(folder, "colours");
        File.WriteAllBytes(Path.Combine(set, "test", "green", "wrong.bmp"), Bitmap(255, 0, 0));
        return set;
    }
}
