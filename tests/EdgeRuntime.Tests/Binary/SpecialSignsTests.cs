using System.Runtime.InteropServices;
using EdgeRuntime.Kernels;
using EdgeRuntime.Model;
using EdgeRuntime.Tests.Cases;

namespace EdgeRuntime.Tests.Binary;

/// <summary>Signs of the numbers next to 0, of infinities and of what is no number, by every kernel: kernels may compare them as integers.</summary>
public class SpecialSignsTests
{
    private static readonly uint[] values =
    [
        0, 0x80000000, 1, 0x80000001, 0x007FFFFF, 0x807FFFFF, 0x00800000, 0x80800000, 0x3F800000, 0xBF800000, 0x7F7FFFFF, 0xFF7FFFFF, 0x7F800000, 0xFF800000,
        0x7F800001, 0xFF800001, 0x7FC00000, 0xFFC00000, 0x7FFFFFFF, 0xFFFFFFFF, 0x80010000, 0x8000FFFF, 0xFF7F0000, 0xFF80FFFF,
    ];

    [Theory]
    [InlineData(64, false, false)]
    [InlineData(64, false, true)]
    [InlineData(64, true, false)]
    [InlineData(40, false, false)]
    public void Special_numbers_have_the_signs_of_the_reference(int channels, bool thresholds, bool turned)
    {
        var shape = new Shape(1, 37, 11, channels);
        var @case = new OperatorCase("special numbers", OperatorKind.Binarize, b =>
        {
            int x = b.Float32Input(shape);
            int t = thresholds ? b.Constant("thresholds", DataType.Float32, new Shape(channels), Numbers(new Random(3), channels)) : -1;
            int d = turned ? b.Constant("directions", DataType.Bit, new Shape(channels), Enumerable.Repeat(uint.MaxValue, channels / 32).ToArray()) : -1;
            b.Node(OperatorKind.Binarize, [x, t, d], [b.Output(DataType.Bit, shape)]);
        });
        Graph graph = @case.Build(1);
        byte[][] inputs = [MemoryMarshal.AsBytes<float>(Numbers(new Random(7), (int)shape.ElementCount)).ToArray()];
        KernelEntry reference = Assert.Single(KernelTable.Entries, e => e.IsReference && KernelRunner.Supports(e, graph));
        byte[] expected = KernelRunner.Run(reference, graph, inputs)[0];
        foreach (KernelEntry entry in KernelTable.Entries.Where(e => !e.IsReference && KernelRunner.Supports(e, graph)))
            Assert.Equal(expected, KernelRunner.Run(entry, graph, inputs)[0]);
    }

    private static float[] Numbers(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => BitConverter.UInt32BitsToSingle(values[random.Next(values.Length)]))];
}
