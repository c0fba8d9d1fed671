using System.Runtime.InteropServices;
using EdgeRuntime.Model;

namespace EdgeRuntime.Tests.Binary;

/// <summary>Networks of random binary layers against a simulation in floating point that knows nothing of packed bits, popcounts or thresholds.</summary>
public class BinaryNetworkTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 12)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Every_sign_is_that_of_the_float_simulation(int seed)
    {
        var network = new RandomBinaryNetwork(seed);
        using var model = new EdgeModel(network.Build(), new ModelMetadata());
        foreach (bool reference in (bool[])[false, true])
        {
            using PreparedModel prepared = model.Prepare(new PrepareOptions { KeepIntermediates = true, ReferenceKernels = reference });
            using Session session = prepared.CreateSession();
            network.Input.CopyTo(session.Input<float>());
            session.Run();
            foreach ((int tensor, RealMap expected) in network.Expected)
            {
                TensorInfo info = prepared.Graph.Tensors[tensor];
                ReadOnlySpan<uint> words = MemoryMarshal.Cast<byte, uint>(session.Tensor(tensor));
                int perPixel = DataTypes.WordsFor(expected.Channels);
                for (int y = 0; y < expected.Height; y++)
                {
                    for (int x = 0; x < expected.Width; x++)
                    {
                        for (int c = 0; c < expected.Channels; c++)
                        {
                            uint word = words[(y * expected.Width + x) * perPixel + c / 32];
                            int sign = (word >> (c % 32) & 1) == 0 ? 1 : -1;
                            Assert.True(sign == expected[y, x, c], $"seed {seed}, {info.Name}, reference kernels {reference}: pixel {y}, {x}, channel {c} is {sign}");
                        }
                    }
                }
            }
        }
    }
}
