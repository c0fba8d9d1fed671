namespace EdgeRuntime.Camera;

/// <summary>Everything that is computed once for a pair of transform and frame format.</summary>
internal sealed class ResamplePlan
{
    public ResamplePlan(FrameTransform transform, FrameFormat format)
    {
        Format = format;
        Placement = Placement.Of(transform, format);
        Matrix = ColourMatrix.Of(format, transform.Channels);
        Components = SampleLayout.Of(format)[..Matrix.Inputs];
        Horizontal = new ResampleAxis[Components.Length];
        Vertical = new ResampleAxis[Components.Length];
        for (int k = 0; k < Components.Length; k++)
        {
            SampleLayout component = Components[k];
            bool repeated = k > 1 && component.HalfWidth == Components[1].HalfWidth && component.HalfHeight == Components[1].HalfHeight;
            if (repeated || (k == 1 && !component.HalfWidth && !component.HalfHeight))
            {
                Horizontal[k] = Horizontal[k - 1];
                Vertical[k] = Vertical[k - 1];
                continue;
            }

            double shareX = component.HalfWidth ? 0.5 : 1, shareY = component.HalfHeight ? 0.5 : 1;
            Horizontal[k] = ResampleAxis.Create(transform.Filter, component.Columns(format), Placement.SourceX * shareX,
                Placement.SourceWidth * shareX / Placement.Width, Placement.Width, ResampleAxis.HorizontalBits);
            Vertical[k] = ResampleAxis.Create(transform.Filter, component.Rows(format), Placement.SourceY * shareY,
                Placement.SourceHeight * shareY / Placement.Height, Placement.Height, ResampleAxis.VerticalBits);
        }
    }

    public FrameFormat Format { get; }

    /// <summary>Bytes from one channel of a computed row to the next: the width rounded up to whole vectors.</summary>
    public int ChannelStride => ChannelStrideOf(Placement.Width);

    public Placement Placement { get; }

    public ColourMatrix Matrix { get; }

    public SampleLayout[] Components { get; }

    /// <summary>Column weights per component; components of the same geometry share an object.</summary>
    public ResampleAxis[] Horizontal { get; }

    /// <summary>Row weights per component; components of the same geometry share an object.</summary>
    public ResampleAxis[] Vertical { get; }

    public static int ChannelStrideOf(int width) => (width + 15) & ~15;
}
