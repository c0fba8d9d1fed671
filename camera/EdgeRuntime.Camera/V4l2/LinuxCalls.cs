using System.Runtime.InteropServices;

namespace EdgeRuntime.Camera;

/// <summary>The few system calls that .NET does not offer, with the numbers that x86-64 and arm64 share.</summary>
internal static unsafe partial class LinuxCalls
{
    public const int ReadWrite = 2, NonBlocking = 0x800, CloseOnExec = 0x80000;
    public const int ProtectReadWrite = 3, MapShared = 1;
    public const short PollIn = 1, PollError = 8, PollHangUp = 0x10;
    public const int Interrupted = 4, InputOutput = 5, NoDeviceOrAddress = 6, Again = 11, Access = 13, BusyError = 16, NoDevice = 19, NotTty = 25, NotImplemented = 38, NoEntry = 2, NotPermitted = 1;

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    public static partial int Control(int descriptor, nuint request, void* argument);

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    public static partial nint Map(nint address, nuint length, int protection, int flags, int descriptor, long offset);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    public static partial int Unmap(nint address, nuint length);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    public static partial int Poll(PollDescriptor* descriptors, nuint count, int milliseconds);

    /// <summary>struct pollfd</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct PollDescriptor
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }
}
