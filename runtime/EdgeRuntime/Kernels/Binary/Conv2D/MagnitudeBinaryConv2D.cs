using System.Runtime.Intrinsics;
using EdgeRuntime.Model;

namespace EdgeRuntime.Kernels.Binary.Conv2D;

/// <summary>
/// Binary convolution with XNOR-Net's input scale K: the best kernel for the accumulators, which float32 holds exactly, and a pass over them with K of each pixel, scale, bias and the rest of
/// the output transform, four channels at a time. The pass reads what was just written, and computes what the definition does, operation by operation.
/// </summary>
internal sealed unsafe class MagnitudeBinaryConv2D : Kernel
{
    private const int Lanes = 4;

    private readonly BinaryGeometry geometry;
    private readonly BinaryOutput output;
    private readonly Kernel accumulators;
    private readonly VectorTransform transform;
    private readonly int signWords;

    public MagnitudeBinaryConv2D(KernelRequest request)
    {
        geometry = new BinaryGeometry(request);
        output = new BinaryOutput(request, geometry.Products, geometry.OutChannels);
        transform = new VectorTransform(output);
        signWords = DataTypes.WordsFor(geometry.OutChannels);
        KernelRequest plain = request.With(request.Node with
        {
            Inputs = [.. request.Node.Inputs.Take(2)],
            Outputs = [request.Node.Outputs[0]],
            Options = request.Options<BinaryConv2DOptions>() with { AccumulatorActivation = Activation.None, Activation = Activation.None, ActivationAfterResidual = false },
        });
        accumulators = KernelTable.Select(plain, referenceOnly: false).Create(plain);
    }

    public static KernelEntry Entry { get; } = new(
        "binary.conv2d.magnitudes", OperatorKind.BinaryConv2D, CpuFeatures.None, r => r.HasInput(BinaryInputs.Magnitudes), r => new MagnitudeBinaryConv2D(r));

    public override int ScratchBytes => accumulators.ScratchBytes;

    public override long PackedBytes => accumulators.PackedBytes;

    public override void Run(in KernelArguments arguments, int begin, int end)
    {
        accumulators.Run(in arguments, 0, accumulators.Units);
        int channels = geometry.OutChannels;
        var magnitudes = (float*)arguments.Inputs[BinaryInputs.Magnitudes];
        nint pixel = 0;
        for (int n = 0; n < geometry.Batches; n++)
        {
            for (int position = 0; position < geometry.Positions; position++, pixel++)
            {
                float magnitude = InputMagnitude.Of(geometry, magnitudes, n, position / geometry.Columns.Output, position % geometry.Columns.Output);
                float* y = (float*)arguments.Outputs[0] + (pixel * channels);
                float* residual = output.HasResidual ? (float*)arguments.Inputs[BinaryInputs.Residual] + (pixel * channels) : null;
                int c = 0;
                for (; c + Lanes <= channels; c += Lanes)
                    Transform(Vector128.Load(y + c), magnitude, c, residual).Store(y + c);
                for (; c < channels; c++)
                    y[c] = output.Float((int)y[c], c, residual == null ? 0 : residual[c], magnitude);
                if (output.HasSigns)
                    StoreSigns(y, (uint*)arguments.Outputs[1] + (pixel * signWords));
            }
        }
    }

    protected override void Dispose(bool disposing)
    {
        accumulators.Dispose();
        base.Dispose(disposing);
    }

    private Vector128<float> Transform(Vector128<float> y, float magnitude, int c, float* residual)
    {
        if (output.ClampsAccumulator)
            y = Vector128.Max(y, Vector128<float>.Zero);
        y = Vector128.FusedMultiplyAdd(y * magnitude, Vector128.Create(output.Scales, c), Vector128.Create(output.Bias, c));
        return transform.Finish(y, c, residual == null ? null : residual + c);
    }

    private void StoreSigns(float* y, uint* signs)
    {
        new Span<uint>(signs, signWords).Clear();
        int c = 0;
        for (; c + VectorTransform.Channels <= geometry.OutChannels; c += VectorTransform.Channels)
            ((byte*)signs)[c / 8] = transform.Signs(Vector128.Load(y + c), Vector128.Load(y + c + 4), c);
        for (; c < geometry.OutChannels; c++)
            PackedRow.Add(signs, c, (uint)output.SignOf(y[c], c), 1);
    }
}
