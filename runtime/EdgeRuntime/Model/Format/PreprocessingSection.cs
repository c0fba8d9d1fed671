namespace EdgeRuntime.Model.Format;

/// <summary>Reads and writes the preprocessing section.</summary>
internal static class PreprocessingSection
{
    public static ImagePreprocessing Read(ReadOnlySpan<byte> content)
    {
        var reader = new SectionReader(SectionKind.Preprocessing, content);
        int width = reader.Within("the width", 1, EdgeFile.MaxPictureSide);
        int height = reader.Within("the height", 1, EdgeFile.MaxPictureSide);
        var channels = (ImageChannels)reader.Within("the kind of channels", 0, int.MaxValue);
        var layout = (ImageLayout)reader.Within("the layout", 0, (uint)ImageLayout.Nchw);
        var fit = (ImageFit)reader.Within("the fit", 0, (uint)ImageFit.Letterbox);
        int count = reader.Count("means", 3, 8);
        var result = new ImagePreprocessing(width, height, channels, layout, fit, reader.Floats(count), reader.Floats(count));
        reader.Finish();
        return Wrong(result) is { } wrong ? throw reader.Wrong(wrong) : result;
    }

    public static ReadOnlyMemory<byte> Write(ImagePreprocessing preprocessing)
    {
        if (Wrong(preprocessing) is { } wrong)
            throw new EdgeModelException(ModelError.BadType, $"preprocessing: {wrong}");
        var writer = new SectionWriter();
        writer.U32((uint)preprocessing.Width);
        writer.U32((uint)preprocessing.Height);
        writer.U32((uint)preprocessing.Channels);
        writer.U32((uint)preprocessing.Layout);
        writer.U32((uint)preprocessing.Fit);
        writer.U32((uint)preprocessing.Mean.Count);
        foreach (float mean in preprocessing.Mean)
            writer.F32(mean);
        foreach (float deviation in preprocessing.Deviation)
            writer.F32(deviation);
        return writer.Content;
    }

    private static string? Wrong(ImagePreprocessing p)
    {
        if (p.Width is < 1 or > EdgeFile.MaxPictureSide || p.Height is < 1 or > EdgeFile.MaxPictureSide)
            return $"the picture is {p.Width} x {p.Height}; each side must be 1 to {EdgeFile.MaxPictureSide}";
        if (!Enum.IsDefined(p.Channels) || !Enum.IsDefined(p.Layout) || !Enum.IsDefined(p.Fit))
            return $"channels {(int)p.Channels}, layout {(int)p.Layout} or fit {(int)p.Fit} is not known to this runtime";
        int count = p.Channels == ImageChannels.Grey ? 1 : 3;
        if (p.Mean.Count != count || p.Deviation.Count != count)
            return $"{p.Mean.Count} means and {p.Deviation.Count} deviations; {p.Channels} needs {count} of each";
        foreach (float mean in p.Mean)
        {
            if (!float.IsFinite(mean))
                return $"a mean is {mean}; it must be finite";
        }

        foreach (float deviation in p.Deviation)
        {
            if (!(deviation > 0) || !float.IsFinite(deviation))
                return $"a deviation is {deviation}; it must be positive and finite";
        }

        return null;
    }
}
