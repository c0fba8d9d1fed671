using System.Buffers;
using System.Text.Json;

namespace EdgeRuntime.Daemon;

/// <summary>
/// Writes predictions as JSON, one line each: frame, time (UTC), name, label and confidence of the decision (null without one), the most probable labels, microseconds per
/// stage. The buffer is used again, so that nothing is allocated per line.
/// </summary>
internal sealed class PredictionJson : IDisposable
{
    private static readonly JsonEncodedText Frame = JsonEncodedText.Encode("frame");
    private static readonly JsonEncodedText Time = JsonEncodedText.Encode("time");
    private static readonly JsonEncodedText Name = JsonEncodedText.Encode("name");
    private static readonly JsonEncodedText Truth = JsonEncodedText.Encode("truth");
    private static readonly JsonEncodedText Label = JsonEncodedText.Encode("label");
    private static readonly JsonEncodedText Confidence = JsonEncodedText.Encode("confidence");
    private static readonly JsonEncodedText Changed = JsonEncodedText.Encode("changed");
    private static readonly JsonEncodedText Top = JsonEncodedText.Encode("top");
    private static readonly JsonEncodedText Probability = JsonEncodedText.Encode("probability");
    private static readonly JsonEncodedText Microseconds = JsonEncodedText.Encode("microseconds");
    private static readonly JsonEncodedText Capture = JsonEncodedText.Encode("capture");
    private static readonly JsonEncodedText Preprocess = JsonEncodedText.Encode("preprocess");
    private static readonly JsonEncodedText Inference = JsonEncodedText.Encode("inference");
    private static readonly JsonEncodedText Decision = JsonEncodedText.Encode("decision");
    private static readonly JsonEncodedText Dropped = JsonEncodedText.Encode("dropped");

    private readonly ArrayBufferWriter<byte> buffer = new(4096);
    private readonly Utf8JsonWriter writer;

    public PredictionJson() => writer = new Utf8JsonWriter(buffer);

    /// <summary>The line of a prediction with its line feed, UTF-8; valid until the next call.</summary>
    public ReadOnlySpan<byte> Line(Prediction p)
    {
        buffer.ResetWrittenCount();
        writer.Reset(buffer);
        writer.WriteStartObject();
        writer.WriteNumber(Frame, p.Frame);
        writer.WriteString(Time, p.Time);
        writer.WriteString(Name, p.FrameName);
        if (p.TrueLabel is not null)
            writer.WriteString(Truth, p.TrueLabel);
        if (p.Decision == DecisionFilter.None)
            writer.WriteNull(Label);
        else
            writer.WriteString(Label, p.NameOf(p.Decision));
        writer.WriteNumber(Confidence, Rounded(p.Confidence));
        writer.WriteBoolean(Changed, p.DecisionChanged);
        writer.WriteStartArray(Top);
        for (int i = 0; i < p.TopLabels.Length; i++)
        {
            writer.WriteStartObject();
            writer.WriteString(Label, p.NameOf(p.TopLabels[i]));
            writer.WriteNumber(Probability, Rounded(p.TopProbabilities[i]));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartObject(Microseconds);
        writer.WriteNumber(Capture, p.Times.Capture);
        writer.WriteNumber(Preprocess, p.Times.Preprocess);
        writer.WriteNumber(Inference, p.Times.Inference);
        writer.WriteNumber(Decision, p.Times.Decision);
        writer.WriteEndObject();
        writer.WriteNumber(Dropped, p.DroppedFrames);
        writer.WriteEndObject();
        writer.Flush();
        buffer.Write("\n"u8);
        return buffer.WrittenSpan;
    }

    public void Dispose() => writer.Dispose();

    private static double Rounded(float probability) => Math.Round(probability, 4);
}
