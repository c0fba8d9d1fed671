using EdgeRuntime.Model;
using Microsoft.ML.OnnxRuntime;

namespace EdgeRuntime.Benchmarks;

/// <summary>A network in ONNX Runtime, with memory for input and output that is reused by every run.</summary>
internal sealed class OnnxRuntimePeer : IDisposable
{
    private readonly SessionOptions options;
    private readonly InferenceSession session;
    private readonly RunOptions run = new();
    private readonly OrtValue input;
    private readonly OrtValue output;
    private readonly byte[] inputBytes;
    private readonly byte[] outputBytes;
    private readonly string[] inputNames;
    private readonly string[] outputNames;
    private readonly Shape inputShape;
    private readonly Shape outputShape;

    /// <summary>Loads an int8 network with one input and one output.</summary>
    public OnnxRuntimePeer(Graph graph, int threads)
    {
        options = new SessionOptions
        {
            IntraOpNumThreads = threads,
            InterOpNumThreads = 1,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        session = new InferenceSession(QdqExport.Write(graph), options);
        inputShape = graph.Tensors[graph.Inputs[0]].Shape;
        outputShape = graph.Tensors[graph.Outputs[0]].Shape;
        inputBytes = new byte[inputShape.ElementCount];
        outputBytes = new byte[outputShape.ElementCount];
        input = Value(inputBytes, inputShape);
        output = Value(outputBytes, outputShape);
        inputNames = [.. session.InputNames];
        outputNames = [.. session.OutputNames];
    }

    /// <summary>Sets the input from int8 elements in this project's order (NHWC).</summary>
    public void SetInput(ReadOnlySpan<sbyte> values)
    {
        int channels = inputShape.Rank == 4 ? inputShape[3] : 1, pixels = values.Length / channels;
        for (int p = 0; p < pixels; p++)
        {
            for (int c = 0; c < channels; c++)
                inputBytes[(c * pixels) + p] = (byte)(values[(p * channels) + c] + 128);
        }
    }

    /// <summary>One inference.</summary>
    public void Run() => session.Run(run, inputNames, [input], outputNames, [output]);

    /// <summary>The output as int8 elements in this project's order.</summary>
    public sbyte[] Output()
    {
        int channels = outputShape.Rank == 4 ? outputShape[3] : 1, pixels = outputBytes.Length / channels;
        var values = new sbyte[outputBytes.Length];
        for (int p = 0; p < pixels; p++)
        {
            for (int c = 0; c < channels; c++)
                values[(p * channels) + c] = (sbyte)(outputBytes[(c * pixels) + p] - 128);
        }

        return values;
    }

    public void Dispose()
    {
        input.Dispose();
        output.Dispose();
        run.Dispose();
        session.Dispose();
        options.Dispose();
    }

    private static OrtValue Value(byte[] bytes, Shape shape) => OrtValue.CreateTensorValueFromMemory(bytes, [.. QdqExport.Dims(shape).Select(d => (long)d)]);
}
