using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels.Binary.Conv2D;

/// <summary>
/// Binary depthwise convolution with an output channel per input channel: 128 channels at a time, whose popcounts are numbers in binary with one vector for each digit, as in
/// <see cref="Pool.WordBinaryPool"/>. A tap costs an exclusive or and two operations a digit. Packed output compares the digits with those of the channels' limits, so that no count is ever taken apart;
/// other outputs take them apart eight channels at a time.
/// </summary>
internal sealed unsafe class SlicedDepthwiseConv2D : Kernel
{
    /// <summary>Most digits: windows of up to 255 taps.</summary>
    private const int MaxDigits = 8;

    private const int VectorWords = 4;

    private readonly BinaryGeometry geometry;
    private readonly BinaryOutput output;
    private readonly VectorTransform transform;
    private readonly NativeBuffer weights;
    private readonly NativeBuffer? limits;
    private readonly int digits;
    private readonly int words;
    private readonly int paddedWords;
    private readonly bool is3x3;

    private SlicedDepthwiseConv2D(KernelRequest request)
    {
        geometry = new BinaryGeometry(request);
        output = new BinaryOutput(request, geometry.Products, geometry.OutChannels);
        transform = new VectorTransform(output);
        words = geometry.InWords;
        is3x3 = geometry is { Rows.Filter: 3, Columns.Filter: 3 };
        paddedWords = (words + VectorWords - 1) / VectorWords * VectorWords;
        // A limit may be one more than there are taps.
        digits = BitOperations.Log2((uint)geometry.Products + 1) + 1;
        weights = new NativeBuffer((long)geometry.Products * paddedWords * sizeof(uint));
        var from = (uint*)request.Constant(BinaryInputs.Weights);
        for (int tap = 0; tap < geometry.Products; tap++)
        {
            for (int w = 0; w < words; w++)
                ((uint*)weights.Pointer)[(tap * paddedWords) + w] = from[(tap * words) + w];
        }

        if (output.Type == DataType.Bit)
            limits = SliceLimits();
    }

    public static KernelEntry Entry { get; } = new("binary.depthwise-conv2d.sliced", OperatorKind.BinaryDepthwiseConv2D, CpuFeatures.None, Supports, r => new SlicedDepthwiseConv2D(r));

    public override int Units => geometry.Batches * geometry.Rows.Output;

    public override long PackedBytes => weights.Length + (limits?.Length ?? 0);

    public override void Run(in KernelArguments arguments, int begin, int end)
    {
        for (int unit = begin; unit < end; unit++)
        {
            for (int ox = 0; ox < geometry.Columns.Output; ox++)
                Pixel(in arguments, unit, ox);
        }
    }

    protected override void Dispose(bool disposing)
    {
        weights.Dispose();
        limits?.Dispose();
        base.Dispose(disposing);
    }

    private static bool Supports(KernelRequest r)
    {
        var geometry = new BinaryGeometry(r);
        return geometry.OutChannels == geometry.InChannels && geometry.Products < 1 << (MaxDigits - 1) && !r.HasInput(BinaryInputs.Magnitudes);
    }

    private void Pixel(in KernelArguments arguments, int unit, int ox)
    {
        Vector128<uint>* counts = stackalloc Vector128<uint>[MaxDigits];
        nint pixel = ((nint)unit * geometry.Columns.Output) + ox;
        WindowAxis rows = geometry.Rows, columns = geometry.Columns;
        int top = (unit % rows.Output * rows.Stride) - rows.PadBefore;
        int left = (ox * columns.Stride) - columns.PadBefore;
        bool isInside = is3x3 && top >= 0 && left >= 0 && top + (2 * rows.Dilation) < rows.Input && left + (2 * columns.Dilation) < columns.Input;
        uint* window = (uint*)arguments.Inputs[0] + ((((((nint)(unit / rows.Output) * rows.Input) + top) * columns.Input) + left) * words);
        for (int w = 0; w < words; w += VectorWords)
        {
            int taps = isInside
                ? Count3x3(window + w, (uint*)weights.Pointer + w, (nint)geometry.Rows.Dilation * geometry.Columns.Input * words, (nint)geometry.Columns.Dilation * words, counts)
                : Count((uint*)arguments.Inputs[0] + w, unit, ox, w, counts);
            if (limits is not null)
                StoreBits((uint*)arguments.Outputs[0] + (pixel * words) + w, counts, taps, w);
            else
                StoreValues(in arguments, pixel, counts, taps, w);
        }
    }

    /// <summary>Counts where activations and weights differ; returns the taps that were counted.</summary>
    private int Count(uint* x, int unit, int ox, int word, Vector128<uint>* counts)
    {
        WindowAxis rows = geometry.Rows, columns = geometry.Columns;
        x += (nint)(unit / rows.Output) * rows.Input * columns.Input * words;
        int top = (unit % rows.Output * rows.Stride) - rows.PadBefore;
        int left = (ox * columns.Stride) - columns.PadBefore;
        uint* w = (uint*)weights.Pointer + word;
        Vector128<uint> d0 = Vector128<uint>.Zero, d1 = d0, d2 = d0, d3 = d0, d4 = d0, d5 = d0, d6 = d0, d7 = d0;
        int taps = 0;
        for (int ky = 0; ky < rows.Filter; ky++)
        {
            int iy = top + (ky * rows.Dilation);
            for (int kx = 0; kx < columns.Filter; kx++, w += paddedWords)
            {
                int ix = left + (kx * columns.Dilation);
                Vector128<uint> carry = Vector128.Load(w);
                // Up to twelve bytes too many are read, from the next pixel or the slack behind the tensor; their counts are never stored.
                if ((uint)iy < (uint)rows.Input && (uint)ix < (uint)columns.Input)
                    carry ^= Vector128.Load(x + ((((nint)iy * columns.Input) + ix) * words));
                else if (geometry.ZeroPadding)
                    continue;
                taps++;
                Add(ref d0, ref carry);
                Add(ref d1, ref carry);
                Add(ref d2, ref carry);
                Add(ref d3, ref carry);
                if (digits <= 4)
                    continue;
                Add(ref d4, ref carry);
                Add(ref d5, ref carry);
                Add(ref d6, ref carry);
                Add(ref d7, ref carry);
            }
        }

        (counts[0], counts[1], counts[2], counts[3], counts[4], counts[5], counts[6], counts[7]) = (d0, d1, d2, d3, d4, d5, d6, d7);
        return taps;
    }

    /// <summary>The same for nine taps inside the picture: nine bits to four digits by five additions of three bits and two of two.</summary>
    private int Count3x3(uint* x, uint* w, nint row, nint column, Vector128<uint>* counts)
    {
        Vector128<uint> s0 = AddThree(Differ(x, w), Differ(x + column, w + paddedWords), Differ(x + (2 * column), w + (2 * paddedWords)), out Vector128<uint> c0);
        x += row;
        w += 3 * paddedWords;
        Vector128<uint> s1 = AddThree(Differ(x, w), Differ(x + column, w + paddedWords), Differ(x + (2 * column), w + (2 * paddedWords)), out Vector128<uint> c1);
        x += row;
        w += 3 * paddedWords;
        Vector128<uint> s2 = AddThree(Differ(x, w), Differ(x + column, w + paddedWords), Differ(x + (2 * column), w + (2 * paddedWords)), out Vector128<uint> c2);
        counts[0] = AddThree(s0, s1, s2, out Vector128<uint> twos);
        Vector128<uint> sum = AddThree(c0, c1, c2, out Vector128<uint> fours);
        counts[1] = sum ^ twos;
        Vector128<uint> carry = sum & twos;
        counts[2] = fours ^ carry;
        counts[3] = fours & carry;
        return 9;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Differ(uint* x, uint* w) => Vector128.Load(x) ^ Vector128.Load(w);

    /// <summary>The sum's lower digit, and its upper one: where a and b differ it is c, else a.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> AddThree(Vector128<uint> a, Vector128<uint> b, Vector128<uint> c, out Vector128<uint> carry)
    {
        Vector128<uint> differ = a ^ b;
        Vector128<uint> sum = differ ^ c;
        carry = Vector128.ConditionalSelect(differ, c, a);
        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(ref Vector128<uint> digit, ref Vector128<uint> carry)
    {
        Vector128<uint> sum = digit ^ carry;
        carry &= digit;
        digit = sum;
    }

    /// <summary>-1 where the count is at least the channel's limit: by the highest digit in which they differ, and where none does; turned by the direction.</summary>
    private void StoreBits(uint* y, Vector128<uint>* counts, int taps, int word)
    {
        uint* limit = (uint*)limits!.Pointer + ((nint)taps * (digits + 1) * paddedWords) + word;
        Vector128<uint> reaches = Vector128<uint>.AllBitsSet;
        for (int d = 0; d < digits; d++, limit += paddedWords)
            reaches = Vector128.ConditionalSelect(counts[d] ^ Vector128.Load(limit), counts[d], reaches);
        Vector128<uint> bits = reaches ^ Vector128.Load(limit);
        if (word + VectorWords <= words)
        {
            bits.Store(y);
            return;
        }

        for (int i = 0; word + i < words; i++)
            y[i] = bits.GetElement(i);
    }

    private void StoreValues(in KernelArguments arguments, nint pixel, Vector128<uint>* counts, int taps, int word)
    {
        bool isInt8 = output.Type == DataType.Int8;
        int first = word * DataTypes.BitsPerWord;
        int end = Math.Min(first + (VectorWords * DataTypes.BitsPerWord), geometry.OutChannels);
        byte* signs = output.HasSigns ? arguments.Outputs[1] + (pixel * words * sizeof(uint)) : null;
        if (signs != null)
            new Span<uint>(signs + (first / 8), Math.Min(VectorWords, words - word)).Clear();
        int c = first;
        for (; c + VectorTransform.Channels <= end; c += VectorTransform.Channels)
        {
            Vector128<short> p = Accumulators(counts, (c - first) / 8, taps);
            nint at = (pixel * geometry.OutChannels) + c;
            byte* residual = output.HasResidual ? arguments.Inputs[BinaryInputs.Residual] + (at * (isInt8 ? 1 : 4)) : null;
            byte* sign = signs == null ? null : signs + (c / 8);
            if (isInt8)
                transform.StoreInt8(Vector128.WidenLower(p), Vector128.WidenUpper(p), c, (sbyte*)arguments.Outputs[0] + at, (sbyte*)residual, sign);
            else
                transform.StoreFloat32(Vector128.WidenLower(p), Vector128.WidenUpper(p), c, (float*)arguments.Outputs[0] + at, (float*)residual, sign);
        }

        if (c < end)
        {
            Vector128<short> p = Accumulators(counts, (c - first) / 8, taps);
            for (int i = 0; c + i < end; i++)
                output.Store(in arguments, pixel, c + i, p.GetElement(i), 0);
        }
    }

    /// <summary>taps - 2 counts of eight channels, whose bits are a byte of each digit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector128<short> Accumulators(Vector128<uint>* counts, int channelByte, int taps)
    {
        Vector128<ushort> bits = Vector128.Create((ushort)1, 2, 4, 8, 16, 32, 64, 128);
        Vector128<ushort> sum = Vector128<ushort>.Zero;
        for (int d = 0; d < digits; d++)
        {
            Vector128<ushort> set = Vector128.Equals(Vector128.Create((ushort)((byte*)(counts + d))[channelByte]) & bits, bits);
            sum += set & Vector128.Create((ushort)(2 << d));
        }

        return Vector128.Create((short)taps) - sum.AsInt16();
    }

    /// <summary>
    /// For each number of taps the digits of the least count that gives -1, [digit][word], and the directions. From accumulator &lt; t follows count &gt; floor((taps - t) / 2).
    /// Channels that do not exist have a limit that no count reaches.
    /// </summary>
    private NativeBuffer SliceLimits()
    {
        int layers = digits + 1;
        var buffer = new NativeBuffer((geometry.Products + 1L) * layers * paddedWords * sizeof(uint));
        for (int taps = 0; taps <= geometry.Products; taps++)
        {
            uint* to = (uint*)buffer.Pointer + ((nint)taps * layers * paddedWords);
            for (int c = 0; c < paddedWords * DataTypes.BitsPerWord; c++)
            {
                int least = taps + 1;
                if (c < geometry.OutChannels && !(output.ClampsAccumulator && output.IntThresholds[c] <= 0))
                    least = (int)Math.Clamp(Math.Floor((taps - (long)output.IntThresholds[c]) / 2.0) + 1, 0, taps + 1);
                for (int d = 0; d < digits; d++)
                    to[(d * paddedWords) + (c / DataTypes.BitsPerWord)] |= (uint)((least >> d) & 1) << (c % DataTypes.BitsPerWord);
                if (c < geometry.OutChannels)
                    to[(digits * paddedWords) + (c / DataTypes.BitsPerWord)] |= (uint)output.Directions[c] << (c % DataTypes.BitsPerWord);
            }
        }

        return buffer;
    }
}
