using System.Buffers.Binary;
using EdgeRuntime.Model;

namespace EdgeRuntime.Tests.Format;

public class DamagedFileTests
{
    [Fact]
    public void Every_truncation_is_refused()
    {
        using EdgeModel model = RandomModel.Create(3);
        byte[] bytes = model.ToBytes();
        for (int length = 0; length < bytes.Length; length++)
        {
            ReadOnlyMemory<byte> part = bytes.AsMemory(0, length);
            Assert.Throws<EdgeModelException>(() => EdgeModel.Load(part));
        }
    }

    [Fact]
    public void Every_changed_byte_is_refused()
    {
        using EdgeModel model = SmallModels.Chain();
        byte[] bytes = model.ToBytes();
        for (int at = 0; at < bytes.Length; at++)
        {
            // Bytes 10 and 11 are the minor version, which any reader accepts, but the header's checksum covers them.
            foreach (byte change in (ReadOnlySpan<byte>)[1, 0x80, 0xFF])
            {
                bytes[at] ^= change;
                Assert.Throws<EdgeModelException>(() => EdgeModel.Load(bytes));
                bytes[at] ^= change;
            }
        }

        EdgeModel.Load(bytes).Dispose();
    }

    [Fact]
    public void Appended_bytes_are_refused()
    {
        using EdgeModel model = SmallModels.Chain();
        byte[] bytes = [.. model.ToBytes(), .. new byte[64]];
        EdgeFileTests.AssertRefused(ModelError.Corrupt, $"the file has {bytes.Length} bytes, but its header says {bytes.Length - 64}", () => EdgeModel.Load(bytes));
    }

    [Theory]
    [InlineData(8, 2u, ModelError.NotAModel, "format version 2.0")]
    [InlineData(0, 0u, ModelError.NotAModel, "no .edge file")]
    [InlineData(12, 65u, ModelError.Corrupt, "65 sections")]
    [InlineData(64, 99u, ModelError.Unsupported, "section kind 99")]
    [InlineData(64, 2u, ModelError.Corrupt, "occurs twice")]
    [InlineData(68, 2u, ModelError.Corrupt, "flags 2")]
    [InlineData(68, 1u, ModelError.Corrupt, "flags 1")]
    [InlineData(64 + 32 + 8, 320u, ModelError.Corrupt, "begins at byte 320; it must begin at")]
    [InlineData(64 + 16, 0x7FFFFFFFu, ModelError.Corrupt, "has 2147483647 bytes, but")]
    public void Wrong_header_and_table_are_refused_behind_right_checksums(int at, uint value, ModelError error, string part)
    {
        using EdgeModel model = SmallModels.Chain();
        byte[] bytes = model.ToBytes();
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(at), value);
        FileMutator.FixChecksums(bytes);
        EdgeFileTests.AssertRefused(error, part, () => EdgeModel.Load(bytes));
    }

    [Theory]
    [InlineData(0, 0u)]
    [InlineData(1, 65_537u)]
    [InlineData(1, 0xFFFFFFFFu)]
    [InlineData(2, 16_385u)]
    [InlineData(2, 16_000u)]
    [InlineData(3, 4_097u)]
    [InlineData(5, 60_000u)]
    public void Oversized_counts_are_refused_before_memory_is_taken(int section, uint count)
    {
        using EdgeModel model = SmallModels.Chain();
        byte[] bytes = model.ToBytes();
        int offset = (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(64 + (section * 32) + 8));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(offset), count);
        FileMutator.FixChecksums(bytes);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<EdgeModelException>(() => EdgeModel.Load(bytes));
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 200_000);
    }

    [Fact]
    public void Unknown_sections_that_may_be_ignored_are_skipped()
    {
        using EdgeModel model = SmallModels.Chain();
        byte[] bytes = model.ToBytes();
        int labels = 64 + (5 * 32);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(labels), 1000);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(labels + 4), 1);
        bytes[10] = 7;
        FileMutator.FixChecksums(bytes);
        using EdgeModel read = EdgeModel.Load(bytes);
        Assert.Empty(read.Metadata.Labels);
        Assert.Equal(model.Graph.Nodes.Count, read.Graph.Nodes.Count);
    }

    [Fact]
    public void A_cycle_loads_but_cannot_be_prepared()
    {
        var builder = new GraphBuilder();
        int[] t = [.. Enumerable.Range(0, 3).Select(i => builder.AddActivation($"t{i}", DataType.Float32, new Shape(1, 3)))];
        builder.AddNode(OperatorKind.Add, "first", [t[0], t[2]], [t[1]], new ActivationOptions());
        builder.AddNode(OperatorKind.Relu, "second", [t[1]], [t[2]]);
        builder.AddInput(t[0]);
        builder.AddOutput(t[2]);
        using var model = new EdgeModel(builder.Build(), new ModelMetadata());
        using EdgeModel read = EdgeModel.Load(model.ToBytes());
        EdgeFileTests.AssertRefused(ModelError.BadGraph, "before anything writes it", () => read.Prepare());
    }
}
