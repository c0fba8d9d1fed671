namespace EdgeRuntime.Training.Data;

/// <summary>
/// Reader of SVHN's cropped digits (Netzer et al. 2011): <c>X</c> is 32x32x3xN in column-major order, <c>y</c> holds 1..10, where 10 stands for the digit 0.
/// </summary>
public static class SvhnReader
{
    private const int Side = 32;

    /// <summary>Pictures of a file such as <c>train_32x32.mat</c>.</summary>
    /// <exception cref="DataException">The file is corrupt or has no such arrays.</exception>
    public static ImageSet Read(string path)
    {
        Dictionary<string, MatArray> arrays = MatFile.Read(path);
        if (!arrays.TryGetValue("X", out MatArray? x) || !arrays.TryGetValue("y", out MatArray? y))
            throw new DataException(DataError.Corrupt, $"{path} has the arrays '{string.Join("', '", arrays.Keys)}'; X and y are needed");
        // MATLAB drops trailing dimensions of 1, so that one picture is 32x32x3.
        int count = x.Dimensions.Length == 3 ? 1 : x.Dimensions.ElementAtOrDefault(3);
        if (x.Dimensions.Length is < 3 or > 4 || x.Dimensions[0] != Side || x.Dimensions[1] != Side || x.Dimensions[2] != 3 || y.Bytes.Length != count)
            throw new DataException(DataError.Corrupt, $"{path}: X is {string.Join('x', x.Dimensions)} with {y.Bytes.Length} labels; 32x32x3xN with N labels are needed");

        var pixels = new byte[x.Bytes.Length];
        for (int n = 0; n < count; n++)
        {
            for (int c = 0; c < 3; c++)
            {
                for (int column = 0; column < Side; column++)
                {
                    for (int row = 0; row < Side; row++)
                        pixels[((n * Side + row) * Side + column) * 3 + c] = x.Bytes[row + Side * (column + Side * (c + 3 * n))];
                }
            }
        }

        int[] labels = Array.ConvertAll(y.Bytes, v => v == 10 ? 0 : (int)v);
        return new ImageSet(Side, Side, 3, pixels, labels, [.. Enumerable.Range(0, 10).Select(d => $"{d}")]);
    }
}
