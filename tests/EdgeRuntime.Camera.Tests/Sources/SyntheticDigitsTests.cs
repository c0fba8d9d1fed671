namespace EdgeRuntime.Camera.Tests;

public class SyntheticDigitsTests
{
    [Fact]
    public void Frames_are_the_same_on_every_machine()
    {
        using var digits = new SyntheticDigits(seed: 7);
        uint crc = 0;
        for (int i = 0; i < 40; i++)
        {
            Assert.True(digits.TryRead(out Frame? frame));
            crc = (crc << 1 | crc >> 31) ^ Crc32.Compute(frame.Data);
        }

        Assert.Equal(1918569153u, crc);
    }
}
