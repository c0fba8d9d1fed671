using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace EdgeRuntime.Daemon.Tests;

/// <summary>A terminal whose other end the test holds: what a program sees of it is a serial port.</summary>
internal sealed partial class PseudoTerminal : IDisposable
{
    private const int ReadWriteNoControl = 0x102;
    private readonly FileStream master;

    public PseudoTerminal()
    {
        int descriptor = Open(ReadWriteNoControl);
        Assert.True(descriptor >= 0 && Grant(descriptor) == 0 && Unlock(descriptor) == 0, "no pseudo-terminal");
        byte[] name = new byte[128];
        Assert.Equal(0, Name(descriptor, name, (nuint)name.Length));
        Path = Encoding.ASCII.GetString(name).TrimEnd('\0');
        master = new FileStream(new SafeFileHandle(descriptor, ownsHandle: true), FileAccess.ReadWrite, 0);
    }

    /// <summary>The device file.</summary>
    public string Path { get; }

    /// <summary>The next line that was written to the device, without its end.</summary>
    public string ReadLine()
    {
        var line = new StringBuilder();
        while (true)
        {
            int next;
            try
            {
                next = master.ReadByte();
            }
            catch (IOException)
            {
                // Nobody has the device open just now.
                Thread.Sleep(10);
                continue;
            }

            if (next == '\n')
                return line.ToString().TrimEnd('\r');
            if (next >= 0)
                line.Append((char)next);
        }
    }

    public void Dispose() => master.Dispose();

    [LibraryImport("libc", EntryPoint = "posix_openpt")]
    private static partial int Open(int flags);

    [LibraryImport("libc", EntryPoint = "grantpt")]
    private static partial int Grant(int descriptor);

    [LibraryImport("libc", EntryPoint = "unlockpt")]
    private static partial int Unlock(int descriptor);

    [LibraryImport("libc", EntryPoint = "ptsname_r")]
    private static partial int Name(int descriptor, byte[] buffer, nuint length);
}
