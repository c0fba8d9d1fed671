using System.Globalization;
using System.Text;

namespace EdgeRuntime.Daemon.Tests;

public class SerialMessageTests
{
    [Fact]
    public void The_checksum_has_the_published_check_value() => Assert.Equal(0x29b1, Crc16.Of("123456789"u8));

    [Fact]
    public void A_line_carries_number_time_label_and_checksum()
    {
        byte[] buffer = new byte[SerialMessage.MaxLineLength];
        int length = SerialMessage.WriteLine(buffer, Predictions.New(decision: 1), 65535, TimeSpan.FromMilliseconds(1234.9));
        string line = Encoding.ASCII.GetString(buffer, 0, length);
        Assert.StartsWith("$EDGE,65535,1234,1,875,b*", line, StringComparison.Ordinal);
        Assert.EndsWith("\r\n", line, StringComparison.Ordinal);
        Assert.Equal(Crc16.Of(Encoding.ASCII.GetBytes("EDGE,65535,1234,1,875,b")), ushort.Parse(line[^6..^2], NumberStyles.HexNumber, CultureInfo.InvariantCulture));
    }

    [Fact]
    public void Without_a_decision_the_label_is_a_hyphen()
    {
        byte[] buffer = new byte[SerialMessage.MaxLineLength];
        int length = SerialMessage.WriteLine(buffer, Predictions.New(), 0, TimeSpan.Zero);
        Assert.StartsWith("$EDGE,0,0,-1,0,-*", Encoding.ASCII.GetString(buffer, 0, length), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tabby cat, wild", "tabby_cat__wild")]
    [InlineData("käse*$\r\n", "k_se____")]
    public void Signs_of_the_protocol_never_come_from_a_label(string label, string sent)
    {
        byte[] buffer = new byte[SerialMessage.MaxLineLength];
        int length = SerialMessage.WriteLine(buffer, new Prediction([label], 1) { Decision = 0 }, 0, TimeSpan.Zero);
        Assert.Contains($",{sent}*", Encoding.ASCII.GetString(buffer, 0, length), StringComparison.Ordinal);
    }

    [Fact]
    public void The_longest_line_fits()
    {
        string[] labels = [.. Enumerable.Repeat(new string('x', 500), 40_000)];
        byte[] buffer = new byte[SerialMessage.MaxLineLength];
        int length = SerialMessage.WriteLine(buffer, new Prediction(labels, 1) { Decision = 39_999, Confidence = 1 }, ushort.MaxValue, TimeSpan.FromDays(48));
        Assert.EndsWith("\r\n", Encoding.ASCII.GetString(buffer, 0, length), StringComparison.Ordinal);
        Assert.Contains("," + new string('x', SerialMessage.MaxLabelLength) + "*", Encoding.ASCII.GetString(buffer, 0, length), StringComparison.Ordinal);
    }

    [Fact]
    public void A_binary_message_is_16_bytes_little_endian()
    {
        byte[] m = new byte[SerialMessage.BinaryLength];
        SerialMessage.WriteBinary(m, Predictions.New(decision: 1), 0x1234, TimeSpan.FromMilliseconds(0x01020304), repeated: false);
        Assert.Equal(new byte[] { 0xa5, 0x5a, 1, 1, 0x34, 0x12, 1, 0, 0xff, 0xdf, 4, 3, 2, 1 }, m[..14]);
        Assert.Equal(Crc16.Of(m.AsSpan(2, 12)), BitConverter.ToUInt16(m, 14));
        SerialMessage.WriteBinary(m, Predictions.New(), 0, TimeSpan.Zero, repeated: true);
        Assert.Equal((2, -1), (m[3], BitConverter.ToInt16(m, 6)));
    }
}
