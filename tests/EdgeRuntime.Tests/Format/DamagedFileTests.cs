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
}
