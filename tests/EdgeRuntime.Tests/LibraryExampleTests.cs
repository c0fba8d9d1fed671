using System.Runtime.CompilerServices;
using EdgeRuntime.Model;

namespace EdgeRuntime.Tests;

/// <summary>The example of docs/library.md, as it stands there, does what the page says.</summary>
public class LibraryExampleTests
{
    [Fact]
    [Trait("Category", "Host")]
    public void The_example_of_the_documentation_runs()
    {
        string top = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(ThisFile())!, "..", ".."));
        string page = File.ReadAllText(Path.Combine(top, "docs", "library.md"));
        string[] source = File.ReadAllLines(ThisFile());
        int begin = Array.FindIndex(source, l => l.Trim() == "// The example begins.");
        int end = Array.FindIndex(source, l => l.Trim() == "// The example ends.");
        foreach (string line in source[(begin + 1)..end].Where(l => l.Trim().Length > 0))
            Assert.Contains(line.Trim(), page, StringComparison.Ordinal);
        Assert.Equal(10, Recognise(Path.Combine(top, "deploy", "models", "digits-int8.edge"), new byte[28 * 28]).Length);
    }

    [Fact]
    [Trait("Category", "Host")]
    public void A_file_that_is_none_is_refused_with_its_reason()
    {
        var e = Assert.Throws<EdgeModelException>(() => Recognise(ThisFile(), []));
        Assert.Equal(ModelError.NotAModel, e.Error);
    }

    private static float[] Recognise(string path, ReadOnlySpan<byte> pixels)
    {
        // The example begins.
        using EdgeModel model = EdgeModel.Load(path);
        using PreparedModel prepared = model.Prepare();
        using Session session = prepared.CreateSession();

        Span<sbyte> input = session.Input<sbyte>();
        for (int i = 0; i < input.Length; i++)
            input[i] = (sbyte)(pixels[i] - 128);
        session.Run();

        TensorInfo output = prepared.Graph.Tensors[prepared.Graph.Outputs[0]];
        Quantization q = output.Quantization!;
        float[] scores = new float[output.Shape.ElementCount];
        ReadOnlySpan<sbyte> result = session.Output<sbyte>();
        for (int i = 0; i < scores.Length; i++)
            scores[i] = q.Scale * (result[i] - q.ZeroPoint);

        // The example ends.
        return scores;
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
