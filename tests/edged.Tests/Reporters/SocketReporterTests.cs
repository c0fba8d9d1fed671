using System.Net.Sockets;

namespace EdgeRuntime.Daemon.Tests;

public sealed class SocketReporterTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("edged-socket").FullName;

    private string SocketPath => Path.Combine(folder, "s");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Every_connected_program_gets_lines_and_a_leftover_socket_is_replaced()
    {
        // What a killed process leaves behind has no bytes and answers nobody.
        File.WriteAllBytes(SocketPath, []);
        using (var reporter = new SocketReporter(SocketPath, Predictions.New(), 16, ReportWhen.Frames))
        {
            using StreamReader first = Connect(), second = Connect();
            reporter.Report(Predictions.New(frame: 7));
            Assert.Contains("\"frame\":7", first.ReadLine(), StringComparison.Ordinal);
            Assert.Contains("\"frame\":7", second.ReadLine(), StringComparison.Ordinal);
        }

        Assert.False(File.Exists(SocketPath));
    }

    [Fact]
    public void A_file_that_is_no_socket_is_left_alone()
    {
        File.WriteAllText(SocketPath, "mine");
        using var reporter = new SocketReporter(SocketPath, Predictions.New(), 16, ReportWhen.Frames);
        Eventually.True(() => reporter.Counters.Failing, "failing");
        Assert.Contains("is no socket", reporter.Counters.LastFailure, StringComparison.Ordinal);
        Assert.Equal("mine", File.ReadAllText(SocketPath));
    }

    [Fact]
    public void A_program_that_does_not_read_is_disconnected_and_others_go_on()
    {
        using var reporter = new SocketReporter(SocketPath, Predictions.New(), 16, ReportWhen.Frames);
        using StreamReader stuck = Connect();
        string? newest = null;
        using StreamReader reading = Connect();
        var reader = new Thread(() =>
        {
            try
            {
                while (reading.ReadLine() is { } line)
                    Volatile.Write(ref newest, line);
            }
            catch (IOException)
            {
                // The test is over.
            }
        })
        { IsBackground = true };
        reader.Start();
        for (int i = 0; i < 20_000 && reporter.Counters.Delivered < 5000; i++)
        {
            reporter.Report(Predictions.New(frame: i));
            if (i % 8 == 0)
                Thread.Sleep(1);
        }

        reporter.Report(Predictions.New(frame: 999_999));
        Eventually.True(() => Volatile.Read(ref newest)?.Contains("999999", StringComparison.Ordinal) ?? false, "the reading program has the newest line");
        int lines = 0;
        while (stuck.ReadLine() is not null)
            lines++;
        Assert.InRange(lines, 1, 20_000);
    }

    private StreamReader Connect()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { ReceiveTimeout = 30_000 };
        Eventually.True(
            () =>
            {
                try
                {
                    socket.Connect(new UnixDomainSocketEndPoint(SocketPath));
                    return true;
                }
                catch (SocketException)
                {
                    return false;
                }
            },
            "connected");
        return new StreamReader(new NetworkStream(socket, ownsSocket: true));
    }
}
