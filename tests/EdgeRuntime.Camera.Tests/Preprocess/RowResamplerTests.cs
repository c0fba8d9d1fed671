namespace EdgeRuntime.Camera.Tests;

public class RowResamplerTests(ITestOutputHelper output)
{
    [Fact]
    public void Optimised_conversion_equals_the_reference_on_the_whole_case_table()
    {
        RowKernels? kernels = RowKernels.Best;
        Assert.SkipWhen(kernels is null, "this processor runs the reference only");
        int compared = 0;
        foreach (ResamplerCase c in ResamplerCase.Table())
        {
            var reference = new FramePreprocessor(c.Transform, null);
            var optimised = new FramePreprocessor(c.Transform, kernels);
            var expected = new sbyte[reference.ElementCount];
            var actual = new sbyte[reference.ElementCount];
            foreach (Frame frame in c.Frames())
            {
                reference.Run(frame, expected);
                actual.AsSpan().Fill(77);
                optimised.Run(frame, actual);
                Assert.True(expected.AsSpan().SequenceEqual(actual), $"{c}: first difference at {expected.AsSpan().CommonPrefixLength(actual)}");
                compared++;
            }
        }

        output.WriteLine($"{compared} pictures equal with {kernels!.GetType().Name}");
        Assert.True(compared > 800);
    }
}
