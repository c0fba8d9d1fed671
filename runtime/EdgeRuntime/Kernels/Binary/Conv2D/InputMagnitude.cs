namespace EdgeRuntime.Kernels.Binary.Conv2D;

/// <summary>XNOR-Net's scale K of a window: how large the activations were before they became signs (Rastegari et al. 2016, section 3.2).</summary>
internal static unsafe class InputMagnitude
{
    /// <summary>Average of the magnitudes over the window of an output position, 0 outside the picture; in this order, so that it has the same bits everywhere.</summary>
    public static float Of(BinaryGeometry geometry, float* magnitudes, int n, int oy, int ox)
    {
        float sum = 0;
        for (int ky = 0; ky < geometry.Rows.Filter; ky++)
        {
            int iy = (oy * geometry.Rows.Stride) - geometry.Rows.PadBefore + (ky * geometry.Rows.Dilation);
            for (int kx = 0; kx < geometry.Columns.Filter; kx++)
            {
                int ix = (ox * geometry.Columns.Stride) - geometry.Columns.PadBefore + (kx * geometry.Columns.Dilation);
                if ((uint)iy < (uint)geometry.Rows.Input && (uint)ix < (uint)geometry.Columns.Input)
                    sum += magnitudes[(((n * geometry.Rows.Input) + iy) * geometry.Columns.Input) + ix];
            }
        }

        return sum * (1f / (geometry.Rows.Filter * geometry.Columns.Filter));
    }
}
