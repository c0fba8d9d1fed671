using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace EdgeRuntime.Camera;

/// <summary>An open video device: requests that carry errno and what was asked in their messages.</summary>
internal sealed unsafe class V4l2Device : SafeHandleMinusOneIsInvalid, IV4l2Requests
{
    private V4l2Device(string path)
        : base(ownsHandle: true) => Path = path;

    public string Path { get; }

    /// <summary>Opens a device and checks that it is a camera.</summary>
    public static V4l2Device Open(string path)
    {
        var device = new V4l2Device(path);
        device.SetHandle(LinuxCalls.Open(path, LinuxCalls.ReadWrite | LinuxCalls.NonBlocking | LinuxCalls.CloseOnExec));
        if (!device.IsInvalid)
            return device;
        int error = Marshal.GetLastPInvokeError();
        device.Dispose();
        throw error switch
        {
            LinuxCalls.NoEntry => new CameraException(CameraErrorKind.NotFound, $"{path}: there is no such device"),
            LinuxCalls.Access or LinuxCalls.NotPermitted => new CameraException(CameraErrorKind.PermissionDenied, $"{path}: this user may not open the camera; add it to the group video"),
            _ => Failure(path, "open", error),
        };
    }

    /// <summary>One request; throws with the system's text and number when it fails.</summary>
    public void Request<T>(uint code, ref T argument, string what)
        where T : unmanaged
    {
        int error = TryRequest(code, ref argument);
        if (error != 0)
            throw Failure(Path, what, error);
    }

    /// <summary>One request, repeated when a signal interrupts it; returns errno, 0 on success.</summary>
    public int TryRequest<T>(uint code, ref T argument)
        where T : unmanaged
    {
        fixed (T* pointer = &argument)
        {
            while (LinuxCalls.Control((int)handle, code, pointer) != 0)
            {
                int error = Marshal.GetLastPInvokeError();
                if (error != LinuxCalls.Interrupted)
                    return error;
            }
        }

        return 0;
    }

    /// <summary>Waits until a frame is there: true, or false after the time. Throws when the device is gone.</summary>
    public bool WaitForFrame(int milliseconds)
    {
        var poll = new LinuxCalls.PollDescriptor { Descriptor = (int)handle, Events = LinuxCalls.PollIn };
        int ready = LinuxCalls.Poll(&poll, 1, milliseconds);
        if (ready < 0)
        {
            int error = Marshal.GetLastPInvokeError();
            return error == LinuxCalls.Interrupted ? false : throw Failure(Path, "wait for a frame", error);
        }

        if ((poll.Returned & LinuxCalls.PollIn) != 0)
            return true;
        if ((poll.Returned & (LinuxCalls.PollError | LinuxCalls.PollHangUp)) != 0)
            throw new CameraException(CameraErrorKind.DeviceLost, $"{Path}: the camera was unplugged or stopped streaming");
        return false;
    }

    public nint Map(uint length, uint offset)
    {
        nint address = LinuxCalls.Map(0, length, LinuxCalls.ProtectReadWrite, LinuxCalls.MapShared, (int)handle, offset);
        return address != -1 ? address : throw Failure(Path, $"map a buffer of {length} bytes", Marshal.GetLastPInvokeError());
    }

    public static CameraException Failure(string path, string what, int error)
    {
        CameraErrorKind kind = error switch
        {
            LinuxCalls.NoDevice or LinuxCalls.NoDeviceOrAddress or LinuxCalls.InputOutput => CameraErrorKind.DeviceLost,
            LinuxCalls.BusyError => CameraErrorKind.Busy,
            LinuxCalls.NotTty or LinuxCalls.NotImplemented => CameraErrorKind.Unsupported,
            _ => CameraErrorKind.SystemError,
        };
        string hint = kind == CameraErrorKind.Busy ? "; another program uses the camera" : "";
        return new CameraException(kind, $"{path}: cannot {what}: {Marshal.GetPInvokeErrorMessage(error)} (errno {error}){hint}");
    }

    public static string Text(ReadOnlySpan<byte> zeroTerminated)
    {
        int end = zeroTerminated.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? zeroTerminated : zeroTerminated[..end]);
    }

    protected override bool ReleaseHandle() => LinuxCalls.Close((int)handle) == 0;
}
