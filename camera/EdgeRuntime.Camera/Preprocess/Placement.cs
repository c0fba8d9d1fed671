namespace EdgeRuntime.Camera;

/// <summary>Which part of the frame lands where in the target: source coordinates may be fractions of a pixel.</summary>
internal readonly record struct Placement(double SourceX, double SourceY, double SourceWidth, double SourceHeight, int X, int Y, int Width, int Height)
{
    public static Placement Of(FrameTransform transform, FrameFormat frame)
    {
        int width = transform.Width, height = transform.Height;
        double stepX = (double)frame.Width / width, stepY = (double)frame.Height / height;
        switch (transform.Fit)
        {
            case FitMode.Crop:
                double step = Math.Min(stepX, stepY) * transform.CropFraction;
                double cropWidth = step * width, cropHeight = step * height;
                return new Placement((frame.Width - cropWidth) / 2, (frame.Height - cropHeight) / 2, cropWidth, cropHeight, 0, 0, width, height);
            case FitMode.Letterbox:
                step = Math.Max(stepX, stepY);
                int shownWidth = Math.Clamp((int)Math.Round(frame.Width / step), 1, width);
                int shownHeight = Math.Clamp((int)Math.Round(frame.Height / step), 1, height);
                return new Placement(0, 0, frame.Width, frame.Height, (width - shownWidth) / 2, (height - shownHeight) / 2, shownWidth, shownHeight);
            default:
                return new Placement(0, 0, frame.Width, frame.Height, 0, 0, width, height);
        }
    }
}
