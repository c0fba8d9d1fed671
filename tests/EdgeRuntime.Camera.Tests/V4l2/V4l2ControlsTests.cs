using System.Runtime.CompilerServices;

namespace EdgeRuntime.Camera.Tests;

/// <summary>Exposure, gain and power-line filter of a camera, on a stand-in for its driver.</summary>
public class V4l2ControlsTests
{
    private const uint PowerLine = V4l2Request.ControlPowerLine, Mode = V4l2Request.ControlExposureMode, Exposure = V4l2Request.ControlExposure;
    private const uint AutoGain = V4l2Request.ControlAutoGain, Gain = V4l2Request.ControlGain;

    [Fact]
    public void Automatics_are_switched_off_before_their_values_are_set()
    {
        var camera = new Driver();
        V4l2Controls.Apply(camera, new V4l2Options { Exposure = TimeSpan.FromMicroseconds(12_345), Gain = 60, PowerLine = PowerLineFrequency.Hz50 });
        Assert.Equal([(PowerLine, 1), (Mode, 1), (Exposure, 123), (AutoGain, 0), (Gain, 60)], camera.Written);
    }

    [Fact]
    public void What_is_not_asked_for_goes_back_to_the_automatic()
    {
        var camera = new Driver();
        V4l2Controls.Apply(camera, new V4l2Options());
        Assert.Equal([(Mode, 3), (AutoGain, 1)], camera.Written);
    }

    [Fact]
    public void A_camera_without_automatics_gets_the_values_alone()
    {
        var camera = new Driver();
        camera.Controls.Remove(Mode);
        camera.Controls.Remove(AutoGain);
        V4l2Controls.Apply(camera, new V4l2Options { Exposure = TimeSpan.FromMilliseconds(1), Gain = 0 });
        Assert.Equal([(Exposure, 10), (Gain, 0)], camera.Written);
    }

    [Fact]
    public void A_control_that_does_not_exist_is_refused_by_name()
    {
        var camera = new Driver();
        camera.Controls.Remove(Gain);
        camera.Controls[PowerLine] = (0, 2, 0, V4l2Request.ControlDisabled);
        Assert.Equal((CameraErrorKind.Unsupported, "stand-in: this camera has no control for gain"), Refused(camera, new V4l2Options { Gain = 1 }));
        Assert.Equal((CameraErrorKind.Unsupported, "stand-in: this camera has no control for power line frequency"), Refused(camera, new V4l2Options { PowerLine = PowerLineFrequency.Off }));
    }

    [Theory]
    [InlineData(101, null, null, "stand-in: gain 101 is outside 0..100")]
    [InlineData(-1, null, null, "stand-in: gain -1 is outside 0..100")]
    [InlineData(null, 99L, null, "stand-in: exposure time (units of 100 us) 0 is outside 1..5000")]
    [InlineData(null, 500_100L, null, "stand-in: exposure time (units of 100 us) 5001 is outside 1..5000")]
    [InlineData(null, null, PowerLineFrequency.Auto, "stand-in: power line frequency 3 is outside 0..2")]
    public void A_value_outside_the_driver_s_limits_is_refused_with_them(int? gain, long? microseconds, PowerLineFrequency? powerLine, string message)
    {
        var options = new V4l2Options { Gain = gain, PowerLine = powerLine, Exposure = microseconds is { } time ? TimeSpan.FromMicroseconds(time) : null };
        Assert.Equal((CameraErrorKind.InvalidArgument, message), Refused(new Driver(), options));
    }

    [Fact]
    public void What_the_driver_refuses_is_told_with_its_error()
    {
        var camera = new Driver { Refuses = Gain };
        Assert.Equal((CameraErrorKind.DeviceLost, "stand-in: cannot set gain to 5: Input/output error (errno 5)"), Refused(camera, new V4l2Options { Gain = 5 }));
    }

    private static (CameraErrorKind Kind, string Message) Refused(Driver camera, V4l2Options options)
    {
        CameraException e = Assert.Throws<CameraException>(() => V4l2Controls.Apply(camera, options));
        return (e.Kind, e.Message);
    }

    /// <summary>Controls as a USB camera's driver has them.</summary>
    private sealed class Driver : IV4l2Requests
    {
        public Dictionary<uint, (int Minimum, int Maximum, int Default, uint Flags)> Controls { get; } = new()
        {
            [PowerLine] = (0, 2, 2, 0),
            [Mode] = (0, 3, 3, 0),
            [Exposure] = (1, 5000, 156, 0),
            [AutoGain] = (0, 1, 1, 0),
            [Gain] = (0, 100, 0, 0),
        };

        public List<(uint Id, int Value)> Written { get; } = [];

        public uint Refuses { get; init; }

        public string Path => "stand-in";

        public int TryRequest<T>(uint code, ref T argument)
            where T : unmanaged
        {
            if (code == V4l2Request.QueryControl)
            {
                ref V4l2QueryControl query = ref Unsafe.As<T, V4l2QueryControl>(ref argument);
                if (!Controls.TryGetValue(query.Id, out (int Minimum, int Maximum, int Default, uint Flags) known))
                    return 22;
                (query.Minimum, query.Maximum, query.Default, query.Flags) = known;
                return 0;
            }

            Assert.Equal(V4l2Request.SetControl, code);
            V4l2Control control = Unsafe.As<T, V4l2Control>(ref argument);
            if (control.Id == Refuses)
                return LinuxCalls.InputOutput;
            Written.Add((control.Id, control.Value));
            return 0;
        }
    }
}
