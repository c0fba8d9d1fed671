namespace EdgeRuntime.Daemon;

/// <summary>Prepares new setups on a thread of its own, one at a time, and wakes the frame loop when one is to be taken over.</summary>
/// <param name="load">Prepares a setup.</param>
/// <param name="begins">Called before it.</param>
/// <param name="failed">Told why it failed.</param>
internal sealed class Reloader(Func<ServiceSetup> load, Action begins, Action<Exception> failed) : IDisposable
{
    private readonly Lock gate = new();
    private readonly AutoResetEvent asked = new(false);
    private readonly ManualResetEventSlim taken = new(true);
    private CancellationTokenSource? wake;
    private ServiceSetup? loaded;
    private volatile bool stopping;

    /// <summary>Begins to listen for requests.</summary>
    public void Start() => new Thread(Work) { IsBackground = true, Name = "reload" }.Start();

    /// <summary>Asks for a reload; requests that come while one is prepared are one more.</summary>
    public void Request() => asked.Set();

    /// <summary>A token that is triggered when a setup is to be taken over, or with the other token.</summary>
    public CancellationToken NextWake(CancellationToken stop)
    {
        lock (gate)
        {
            if (wake is { IsCancellationRequested: false })
                return wake.Token;
            wake?.Dispose();
            wake = CancellationTokenSource.CreateLinkedTokenSource(stop);
            if (loaded is not null)
                wake.Cancel();
            return wake.Token;
        }
    }

    /// <summary>The setup that is to be taken over, or null.</summary>
    public ServiceSetup? Take()
    {
        lock (gate)
        {
            ServiceSetup? next = loaded;
            loaded = null;
            taken.Set();
            return next;
        }
    }

    public void Dispose()
    {
        stopping = true;
        asked.Set();
        taken.Set();
        Take()?.Dispose();
        wake?.Dispose();
    }

    private void Work()
    {
        while (true)
        {
            asked.WaitOne();
            if (stopping)
                return;
            begins();
            ServiceSetup? next = Attempt();
            if (next is null)
                continue;
            lock (gate)
            {
                loaded = next;
                taken.Reset();
                wake?.Cancel();
            }

            // The next reload compares itself with this one, so it is to be running by then.
            taken.Wait();
        }
    }

    private ServiceSetup? Attempt()
    {
        try
        {
            return load();
        }
#pragma warning disable CA1031 // whatever is wrong with the new setup, the old one goes on
        catch (Exception e)
#pragma warning restore CA1031
        {
            failed(e);
            return null;
        }
    }
}
