using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace EdgeRuntime.Daemon.Tests;

public sealed class ServiceNotifierTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Messages_arrive_at_a_path_and_in_the_abstract_namespace(bool isAbstract)
    {
        using var systemd = new NotifySocket(isAbstract);
        using var notifier = new ServiceNotifier(systemd.Address, null);
        notifier.Status("loading");
        notifier.Ready();
        notifier.FrameFinished();
        notifier.Reloading();
        notifier.Stopping();
        Assert.Equal(["STATUS=loading", "READY=1"], [systemd.Receive(), systemd.Receive()]);
        Assert.Matches("^RELOADING=1\nMONOTONIC_USEC=[0-9]+$", systemd.Receive());
        Assert.Equal("STOPPING=1", systemd.Receive());
    }

    [Fact]
    public void The_watchdog_is_fed_by_frames_four_times_as_often_as_needed()
    {
        using var systemd = new NotifySocket(false);
        using var notifier = new ServiceNotifier(systemd.Address, "40000000");
        for (int i = 0; i < 1000; i++)
            notifier.FrameFinished();
        notifier.Stopping();
        Assert.Equal(["WATCHDOG=1", "STOPPING=1"], [systemd.Receive(), systemd.Receive()]);
    }

    [Fact]
    public void A_systemd_that_does_not_read_holds_nothing_up_for_good()
    {
        using var systemd = new NotifySocket(false);
        using var notifier = new ServiceNotifier(systemd.Address, null);
        bool full = false;
        var sender = new Thread(() =>
        {
            for (int i = 0; i < 5000 && !full; i++)
            {
                long begin = Stopwatch.GetTimestamp();
                notifier.Status("waiting");
                full = Stopwatch.GetElapsedTime(begin) > TimeSpan.FromMilliseconds(100);
            }

            notifier.Stopping();
        })
        { IsBackground = true };
        sender.Start();
        Assert.True(sender.Join(TimeSpan.FromSeconds(30)), "a message waits for room that nobody makes");
        Assert.True(full, "the queue of the socket was never full");
    }

    [Fact]
    public void Without_systemd_nothing_happens()
    {
        using var notifier = new ServiceNotifier(null, null);
        notifier.Ready();
        notifier.FrameFinished();
    }

    [Fact]
    public void Journal_entries_have_fields_and_one_line_each()
    {
        string entry = Encoding.UTF8.GetString(ServiceLog.Entry(LogPriority.Warning, "camera", "gone", [("EDGED_ERROR", "a\nb")]));
        Assert.Equal("MESSAGE=gone\nPRIORITY=4\nSYSLOG_IDENTIFIER=edged\nEDGED_EVENT=camera\nEDGED_ERROR=a b\n", entry);
        using var error = new StringWriter();
        using var log = new ServiceLog(error, "/nonexistent/journal");
        log.Write(LogPriority.Error, "failed", "two\nlines");
        Assert.Equal("edged: two lines", error.ToString().TrimEnd());
    }
}
