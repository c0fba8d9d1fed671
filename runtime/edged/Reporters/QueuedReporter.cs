namespace EdgeRuntime.Daemon;

/// <summary>
/// A reporter whose device may be slow or missing: predictions go through a bounded queue to a thread of its own, so that no frame ever waits for it. When
/// the queue is full the oldest prediction is dropped and counted: the newest wins.
/// </summary>
internal abstract class QueuedReporter : IReporter
{
    private readonly Lock gate = new();
    private readonly SemaphoreSlim filled = new(0);
    private readonly Prediction[] queue;
    private readonly Prediction current;
    private readonly Thread thread;
    private int first;
    private int count;
    private long delivered;
    private long dropped;
    private long failures;
    private string? lastFailure;
    private volatile bool stopping;

    /// <param name="name">Short name for messages.</param>
    /// <param name="template">A prediction of the network whose predictions will come.</param>
    /// <param name="capacity">Predictions that may wait.</param>
    protected QueuedReporter(string name, Prediction template, int capacity)
    {
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
                return new ReporterCounters(delivered, dropped, failures, lastFailure);
        }
    }

    /// <summary>How often <see cref="Idle"/> is called when no prediction comes.</summary>
    protected virtual TimeSpan IdleInterval => Timeout.InfiniteTimeSpan;

    public void Report(Prediction prediction)
    {
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

    /// <summary>Delivers what is queued for at most a second, then closes the device.</summary>
    public void Dispose()
    {
        if (stopping)
            return;
        stopping = true;
        filled.Release();
        if (thread.IsAlive)
            thread.Join(TimeSpan.FromSeconds(1));
        Close();
        filled.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Begins to deliver; called once by the most derived constructor.</summary>
    protected void Start() => thread.Start();

    /// <summary>Delivers one prediction; may block and may throw <see cref="IOException"/> and the like, which counts as a failure.</summary>
    protected abstract void Deliver(Prediction prediction);

    /// <summary>Called on the reporter's thread every <see cref="IdleInterval"/> while nothing is to be delivered.</summary>
    protected virtual void Idle()
    {
    }

    /// <summary>Closes the device.</summary>
    protected abstract void Close();

    private void Work()
    {
        while (true)
        {
            bool any = filled.Wait(IdleInterval);
            bool taken = any && Take();
            if (!taken && stopping)
                return;
            Attempt(taken);
        }
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
        try
        {
            if (taken)
                Deliver(current);
            else
                Idle();
            lock (gate)
                delivered += taken ? 1 : 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidOperationException or TimeoutException or System.Net.Sockets.SocketException)
        {
            lock (gate)
            {
                failures++;
                lastFailure = e.Message;
            }
        }
    }
}
