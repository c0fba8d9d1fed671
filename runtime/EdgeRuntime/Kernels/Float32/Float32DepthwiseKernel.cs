using System.Runtime.CompilerServices;
using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels.Float32;

/// <summary>
/// float32 depthwise convolution with multiplier 1, a vector of channels at a time; the last vector overlaps the one before it where channels are no multiple of it. Pixels whose
/// 3x3 window is inside the picture are computed four at a time. A unit is an output row.
/// </summary>
internal sealed unsafe class Float32DepthwiseKernel<TLanes, TVector> : Kernel
    where TLanes : struct, IFloat32Lanes<TVector>
    where TVector : unmanaged
{
    private readonly WindowAxis rows;
    private readonly WindowAxis columns;
    private readonly int channels;
    private readonly int batches;
    private readonly int insideBegin;
    private readonly int insideEnd;
    private readonly bool hasBias;
    private readonly bool threeByThree;
    private readonly float low;
    private readonly float high;

    public Float32DepthwiseKernel(KernelRequest request)
    {
        Shape x = request.Input(0).Shape;
        var options = request.Options<Conv2DOptions>();
        (rows, columns) = WindowAxis.Of(x, request.Input(1).Shape, options);
        batches = x[0];
        channels = x[3];
        hasBias = request.HasInput(2);
        (low, high) = ActivationRange.Float32(options.Activation);
        threeByThree = rows is { Filter: 3, Dilation: 1 } && columns is { Filter: 3, Dilation: 1 };
        insideBegin = Math.Min((columns.PadBefore + columns.Stride - 1) / columns.Stride, columns.Output);
        int room = columns.Input + columns.PadBefore - 3;
        insideEnd = Math.Clamp(room < 0 ? 0 : (room / columns.Stride) + 1, insideBegin, columns.Output);
    }

    public override int Units => batches * rows.Output;

    public static bool Supports(KernelRequest request)
    {
        int channels = request.Input(1).Shape[3];
        return channels == request.Input(0).Shape[3] && channels >= TLanes.Count;
    }

    public override void Run(in KernelArguments arguments, int begin, int end)
    {
        nint pitch = (nint)columns.Input * channels;
        for (int unit = begin; unit < end; unit++)
        {
            int picture = Math.DivRem(unit, rows.Output, out int oy);
            float* x = (float*)arguments.Inputs[0] + (picture * rows.Input * pitch);
            float* y = (float*)arguments.Outputs[0] + ((nint)unit * columns.Output * channels);
            int top = (oy * rows.Stride) - rows.PadBefore;
            bool inside = threeByThree && top >= 0 && top + 3 <= rows.Input;
            for (int next = 0; next < channels; next += TLanes.Count)
            {
                int c = Math.Min(next, channels - TLanes.Count);
                float* w = (float*)arguments.Inputs[1] + c;
                TVector bias = hasBias ? TLanes.Load((float*)arguments.Inputs[2] + c) : TLanes.Create(0);
                int ox = 0;
                if (inside)
                {
                    for (; ox < insideBegin; ox++)
                        Pixel(x + c, w, bias, top, ox, y + c);
                    ox += Inside(x + c + (top * pitch), w, bias, y + c);
                }

                for (; ox < columns.Output; ox++)
                    Pixel(x + c, w, bias, top, ox, y + c);
            }
        }
    }

    /// <summary>Pixels, four at a time, whose windows are inside; gives their number.</summary>
    private int Inside(float* row, float* w, TVector bias, float* y)
    {
        nint pitch = (nint)columns.Input * channels, step = (nint)columns.Stride * channels;
        TVector w0 = TLanes.Load(w), w1 = TLanes.Load(w + channels), w2 = TLanes.Load(w + (2 * channels));
        w += 3 * channels;
        TVector w3 = TLanes.Load(w), w4 = TLanes.Load(w + channels), w5 = TLanes.Load(w + (2 * channels));
        w += 3 * channels;
        TVector w6 = TLanes.Load(w), w7 = TLanes.Load(w + channels), w8 = TLanes.Load(w + (2 * channels));
        TVector least = TLanes.Create(low), most = TLanes.Create(high);
        int count = (insideEnd - insideBegin) & ~3;
        float* x0 = row + ((((nint)insideBegin * columns.Stride) - columns.PadBefore) * channels);
        y += (nint)insideBegin * channels;
        for (int i = count; i != 0; i -= 4)
        {
            TVector a = bias, b = bias, c = bias, d = bias;
            Add(x0, w0, w1, w2, ref a, ref b, ref c, ref d, step);
            Add(x0 + pitch, w3, w4, w5, ref a, ref b, ref c, ref d, step);
            Add(x0 + (2 * pitch), w6, w7, w8, ref a, ref b, ref c, ref d, step);
            TLanes.Store(TLanes.Min(TLanes.Max(a, least), most), y);
            TLanes.Store(TLanes.Min(TLanes.Max(b, least), most), y + channels);
            TLanes.Store(TLanes.Min(TLanes.Max(c, least), most), y + (2 * channels));
            TLanes.Store(TLanes.Min(TLanes.Max(d, least), most), y + (3 * channels));
            x0 += 4 * step;
            y += 4 * channels;
        }

        return count;
    }

    /// <summary>Adds a row of the filter to four pixels. With stride 1 a column belongs to three of them and is read once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Add(float* x, TVector w0, TVector w1, TVector w2, ref TVector a, ref TVector b, ref TVector c, ref TVector d, nint step)
    {
        TVector x0, x1, x2;
        if (step == channels)
        {
            x0 = TLanes.Load(x);
            x1 = TLanes.Load(x + channels);
            x2 = TLanes.Load(x + (2 * channels));
            a = TLanes.MultiplyAdd(TLanes.MultiplyAdd(TLanes.MultiplyAdd(a, x0, w0), x1, w1), x2, w2);
            x0 = TLanes.Load(x + (3 * channels));
            b = TLanes.MultiplyAdd(TLanes.MultiplyAdd(TLanes.MultiplyAdd(b, x1, w0), x2, w1), x0, w2);
            x1 = TLanes.Load(x + (4 * channels));
            c = TLanes.MultiplyAdd(TLanes.MultiplyAdd(TLanes.MultiplyAdd(c, x2, w0), x0, w1), x1, w2);
            x2 = TLanes.Load(x + (5 * channels));
            d = TLanes.MultiplyAdd(TLanes.MultiplyAdd(TLanes.MultiplyAdd(d, x0, w0), x1, w1), x2, w2);
            return;
        }

        a = Three(a, x, w0, w1, w2);
        b = Three(b, x + step, w0, w1, w2);
        c = Three(c, x + (2 * step), w0, w1, w2);
        d = Three(d, x + (3 * step), w0, w1, w2);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private TVector Three(TVector sum, float* x, TVector w0, TVector w1, TVector w2) =>
        TLanes.MultiplyAdd(TLanes.MultiplyAdd(TLanes.MultiplyAdd(sum, TLanes.Load(x), w0), TLanes.Load(x + channels), w1), TLanes.Load(x + (2 * channels)), w2);

    private void Pixel(float* x, float* w, TVector sum, int top, int ox, float* y)
    {
        int left = (ox * columns.Stride) - columns.PadBefore;
        for (int fy = 0; fy < rows.Filter; fy++)
        {
            int iy = top + (fy * rows.Dilation);
            for (int fx = 0; fx < columns.Filter; fx++, w += channels)
            {
                int ix = left + (fx * columns.Dilation);
                if ((uint)iy < (uint)rows.Input && (uint)ix < (uint)columns.Input)
                    sum = TLanes.MultiplyAdd(sum, TLanes.Load(x + ((((nint)iy * columns.Input) + ix) * channels)), TLanes.Load(w));
            }
        }

        TLanes.Store(TLanes.Min(TLanes.Max(sum, TLanes.Create(low)), TLanes.Create(high)), y + ((nint)ox * channels));
    }
}
