using System.Runtime.InteropServices;
using EdgeRuntime.Compression.Import;
using EdgeRuntime.Compression.Import.TFLite;
using EdgeRuntime.Model;

namespace EdgeRuntime.Compression.Tests.Import;

/// <summary>
/// A file with an operator under test, in float32 or int8, that is imported and run on given values. Int8 scales are powers of two, so that values which are
/// multiples of the scales, and their sums and products, have exact counterparts in both types: one expectation serves both.
/// </summary>
internal sealed class OperatorFile(bool int8)
{
    /// <summary>Scale of int8 activations; their values must be multiples of it, in about -31..31.</summary>
    public const float Scale = 0.25f;

    private readonly List<float[]> values = [];

    public TFLiteFile File { get; } = new();

    public bool IsInt8 => int8;

    /// <summary>An input of the network with its values.</summary>
    public int Input(int[] shape, params float[] data)
    {
        Assert.Equal(shape.Aggregate(1, (a, d) => a * d), data.Length);
        int tensor = Activation(shape);
        File.Inputs.Add(tensor);
        values.Add(data);
        return tensor;
    }

    /// <summary>An input of consecutive values -n/2 .. n/2 in steps of a quarter.</summary>
    public int Ramp(params int[] shape) => Input(shape, Steps(shape));

    /// <summary>The values of <see cref="Ramp"/>.</summary>
    public static float[] Steps(params int[] shape)
    {
        int count = shape.Aggregate(1, (a, d) => a * d);
        return [.. Enumerable.Range(0, count).Select(i => (((i * 7) % 64) - 30) * Scale)];
    }

    /// <summary>An output of the network.</summary>
    public int Output(params int[] shape)
    {
        int tensor = Activation(shape);
        File.Outputs.Add(tensor);
        return tensor;
    }

    /// <summary>An output with a quantization of its own where the type is int8.</summary>
    public int Output(int[] shape, float scale, int zeroPoint)
    {
        int tensor = Activation(shape, scale, zeroPoint);
        File.Outputs.Add(tensor);
        return tensor;
    }

    public int Activation(int[] shape, float scale = Scale, int zeroPoint = -3) => File.Add(new FileTensor($"t{File.Tensors.Count}", int8 ? TFLiteFile.Int8 : TFLiteFile.Float32, shape)
    {
        Scales = int8 ? [scale] : [],
        ZeroPoints = int8 ? [zeroPoint] : [],
    });

    /// <summary>A constant of the activations' type, with one scale.</summary>
    public int Constant(int[] shape, params float[] data) => File.Add(new FileTensor($"constant{File.Tensors.Count}", int8 ? TFLiteFile.Int8 : TFLiteFile.Float32, shape)
    {
        Data = int8 ? Quantized(data, _ => 0.25f, 1) : MemoryMarshal.AsBytes<float>(data).ToArray(),
        Scales = int8 ? [0.25f] : [],
        ZeroPoints = int8 ? [1] : [],
    });

    /// <summary>Weights, symmetric, with a scale of 1 or 1/2 for each channel along an axis.</summary>
    public int Weights(int[] shape, int axis, params float[] data) => File.Add(new FileTensor("weights", int8 ? TFLiteFile.Int8 : TFLiteFile.Float32, shape)
    {
        Data = int8 ? Quantized(data, i => ChannelScale(Channel(shape, axis, i)), 0) : MemoryMarshal.AsBytes<float>(data).ToArray(),
        Scales = int8 ? [.. Enumerable.Range(0, shape[axis]).Select(ChannelScale)] : [],
        ZeroPoints = int8 ? [.. Enumerable.Repeat(0L, shape[axis])] : [],
        Axis = axis,
    });

    public int Bias(params float[] data) => File.Add(new FileTensor("bias", int8 ? TFLiteFile.Int32 : TFLiteFile.Float32, [data.Length])
    {
        Data = int8
            ? MemoryMarshal.AsBytes<int>([.. data.Select((v, c) => (int)Exact(v / (Scale * ChannelScale(c))))]).ToArray()
            : MemoryMarshal.AsBytes<float>(data).ToArray(),
        Scales = int8 ? [.. Enumerable.Range(0, data.Length).Select(c => Scale * ChannelScale(c))] : [],
        ZeroPoints = int8 ? [.. Enumerable.Repeat(0L, data.Length)] : [],
    });

    /// <summary>Imports the file through the .edge format, runs it with every choice of kernels, and returns the outputs as real numbers.</summary>
    public float[][] Run()
    {
        using EdgeModel imported = TFLiteImporter.Import(File.Build(), "operator.tflite").Model;
        using EdgeModel model = EdgeModel.Load(imported.ToBytes());
        float[][] plain = Run(model, new PrepareOptions());
        Assert.Equal(plain, Run(model, new PrepareOptions { KeepIntermediates = true }));
        return plain;
    }

    /// <summary>Imports, runs, and compares the only output.</summary>
    /// <param name="expected">Real values.</param>
    /// <param name="steps">Int8: quantization steps of the output that they may be off; float32 must agree to 1e-5.</param>
    public void Gives(float[] expected, int steps = 0)
    {
        float[] actual = Assert.Single(Run());
        Assert.Equal(expected.Length, actual.Length);
        float tolerance = int8 ? steps * File.Tensors[File.Outputs[0]].Scales.FirstOrDefault() : 1e-5f;
        for (int i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - actual[i]) <= tolerance, $"element {i}: expected {expected[i]}, got {actual[i]}; all: {string.Join(' ', actual)}");
    }

    private float[][] Run(EdgeModel model, PrepareOptions options)
    {
        using PreparedModel prepared = model.Prepare(options);
        using Session session = prepared.CreateSession();
        for (int i = 0; i < values.Count; i++)
        {
            TensorInfo input = model.Graph.Tensors[model.Graph.Inputs[i]];
            if (input.Type == DataType.Float32)
                values[i].CopyTo(session.Input<float>(i));
            else
                Quantized(values[i], _ => input.Quantization!.Scale, input.Quantization!.ZeroPoint).CopyTo(session.Input<byte>(i));
        }

        session.Run();
        return [.. model.Graph.Outputs.Select((t, i) => Real(session, model.Graph.Tensors[t], i))];
    }

    private static float[] Real(Session session, TensorInfo output, int index) => output.Type switch
    {
        DataType.Float32 => session.Output<float>(index).ToArray(),
        DataType.Int32 => [.. session.Output<int>(index).ToArray().Select(v => (float)v)],
        _ => [.. session.Output<sbyte>(index).ToArray().Select(q => (q - output.Quantization!.ZeroPoint) * output.Quantization.Scale)],
    };

    private static byte[] Quantized(float[] data, Func<int, float> scale, int zeroPoint) =>
        [.. data.Select((v, i) => (byte)checked((sbyte)(Exact(v / scale(i)) + zeroPoint)))];

    private static float Exact(float value)
    {
        Assert.Equal(MathF.Round(value), value);
        return value;
    }

    private static float ChannelScale(int channel) => channel % 2 == 0 ? 1 : 0.5f;

    private static int Channel(int[] shape, int axis, int element) => element / shape[(axis + 1)..].Aggregate(1, (a, d) => a * d) % shape[axis];
}
