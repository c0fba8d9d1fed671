using System.Diagnostics;

namespace EdgeRuntime.Daemon;

/// <summary>
/// A reporter whose device may be slow or missing: predictions go through a bounded queue to a thread of its own, so that no frame ever waits for it. When
/// the queue is full the oldest prediction is dropped and counted: the newest wins. A device that fails is closed and, after <see cref="RetryDelay"/>, opened again;
/// predictions that come meanwhile count as dropped.
/// </summary>
internal abstract class QueuedReporter : IReporter
{
    private readonly Lock gate = new();
    private readonly SemaphoreSlim filled = new(0);
    private readonly Prediction[] queue;
    private readonly Prediction current;
    private readonly Thread thread;
    private readonly bool onlyChanges;
    private int first;
    private int count;
    private long delivered;
    private long dropped;
    private long failures;
    private string? lastFailure;
    private bool failing;
    private bool open;
    private TimeSpan retryAt;
    private volatile bool stopping;

    /// <param name="name">Short name for messages.</param>
    /// <param name="template">A prediction of the network whose predictions will come.</param>
    /// <param name="capacity">Predictions that may wait.</param>
    /// <param name="when">Which predictions are taken.</param>
    protected QueuedReporter(string name, Prediction template, int capacity, ReportWhen when = ReportWhen.Frames)
    {
        onlyChanges = when == ReportWhen.Changes;
        Name = name;
        queue = new Prediction[capacity];
        for (int i = 0; i < capacity; i++)
            queue[i] = new Prediction(template.Labels, template.TopLabels.Length);
        current = new Prediction(template.Labels, template.TopLabels.Length);
        thread = new Thread(Work) { IsBackground = true, Name = name };
    }

    public string Name { get; }

    public ReporterCounters Counters
    {
        get
        {
            lock (gate)
                return new ReporterCounters(delivered, dropped, failures, lastFailure, failing);
        }
    }

    /// <summary>After this time without a prediction <see cref="Idle"/> is called; asked again each time.</summary>
    protected virtual TimeSpan IdleInterval => Timeout.InfiniteTimeSpan;

    /// <summary>Time between a failure and the next attempt.</summary>
    protected virtual TimeSpan RetryDelay => TimeSpan.FromSeconds(1);

    /// <summary>The clock of everything that reporters time: it does not jump.</summary>
    protected static TimeSpan Now => Stopwatch.GetElapsedTime(0);

    public void Report(Prediction prediction)
    {
        if (onlyChanges && !prediction.DecisionChanged)
            return;
        lock (gate)
        {
            bool full = count == queue.Length;
            if (full)
            {
                first = (first + 1) % queue.Length;
                count--;
                dropped++;
            }

            queue[(first + count) % queue.Length].CopyFrom(prediction);
            count++;
            if (full)
                return;
        }

        filled.Release();
    }

    /// <summary>Delivers what is queued and closes the device, waiting at most a second for both; a device that is stuck longer closes when it lets go.</summary>
    public void Dispose()
    {
        if (stopping)
            return;
        stopping = true;
        filled.Release();
        if (thread.IsAlive)
            thread.Join(TimeSpan.FromSeconds(1));
        GC.SuppressFinalize(this);
    }

    /// <summary>Begins to deliver; called once by the most derived constructor.</summary>
    protected void Start() => thread.Start();

    /// <summary>Opens the device before the first delivery and after each failure; what it may throw is as for <see cref="Deliver"/>.</summary>
    protected virtual void Open()
    {
    }

    /// <summary>Delivers one prediction; may block and may throw <see cref="IOException"/> and the like, which counts as a failure.</summary>
    protected abstract void Deliver(Prediction prediction);

    /// <summary>Called on the reporter's thread every <see cref="IdleInterval"/> while nothing is to be delivered.</summary>
    protected virtual void Idle()
    {
    }

    /// <summary>Closes the device, if it is open.</summary>
    protected abstract void Close();

    private void Work()
    {
        while (true)
        {
            bool any = filled.Wait(IdleInterval);
            bool taken = any && Take();
            if (!taken && stopping)
                break;
            Attempt(taken);
        }

        CloseQuietly();
        filled.Dispose();
    }

    private bool Take()
    {
        lock (gate)
        {
            if (count == 0)
                return false;
            current.CopyFrom(queue[first]);
            first = (first + 1) % queue.Length;
            count--;
            return true;
        }
    }

    private void Attempt(bool taken)
    {
        if (!open && Now < retryAt)
        {
            lock (gate)
                dropped += taken ? 1 : 0;
            return;
        }

        try
        {
            if (!open)
                Open();
            open = true;
            if (taken)
                Deliver(current);
            else
                Idle();
            lock (gate)
            {
                delivered += taken ? 1 : 0;
                failing = false;
            }
        }
        catch (Exception e) when (IsOfDevice(e))
        {
            lock (gate)
            {
                failures++;
                lastFailure = e.Message;
                failing = true;
            }

            retryAt = Now + RetryDelay;
            CloseQuietly();
        }
    }

    private static bool IsOfDevice(Exception e) =>
        e is IOException or UnauthorizedAccessException or InvalidOperationException or TimeoutException or System.Net.Sockets.SocketException;

    private void CloseQuietly()
    {
        open = false;
        try
        {
            Close();
        }
        catch (Exception e) when (IsOfDevice(e))
        {
            // It is gone: that is why it is closed.
        }
    }
}
