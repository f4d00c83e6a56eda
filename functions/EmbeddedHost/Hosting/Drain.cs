using Microsoft.Extensions.Hosting;

namespace Portico.EmbeddedHost.Hosting;

/// <summary>
/// Lets work in flight end before the process does. After SIGTERM nothing is started any more; what runs may finish
/// within <see cref="HostSettings.DrainTimeout"/>, then its token is signalled.
/// </summary>
internal sealed class Drain : IDisposable
{
    // What cancelled work gets to tidy up after its token was signalled.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _expired = new();
    private readonly Lock _gate = new();
    private TaskCompletionSource _idle = Completed();
    private int _inFlight;

    public Drain(IHostApplicationLifetime lifetime, HostSettings settings)
    {
        Timeout = settings.DrainTimeout;
        Stopping = lifetime.ApplicationStopping;
        lifetime.ApplicationStopping.Register(() => _expired.CancelAfter(Timeout));
    }

    public TimeSpan Timeout { get; }

    /// <summary>Signalled when the host begins to stop: take no new work.</summary>
    public CancellationToken Stopping { get; }

    /// <summary>Signalled when the time to finish is over: work in flight must give up.</summary>
    public CancellationToken Expired => _expired.Token;

    /// <summary>Counts one piece of background work until disposed.</summary>
    public Work Begin()
    {
        lock (_gate)
        {
            if (_inFlight++ == 0)
            {
                _idle = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }

        return new Work(this);
    }

    /// <summary>Completes when no background work is in flight, or it overstayed.</summary>
    public async Task WaitAsync()
    {
        Task idle;
        lock (_gate)
        {
            idle = _idle.Task;
        }

        await Task.WhenAny(idle, Task.Delay(Timeout + Grace)).ConfigureAwait(false);
    }

    public void Dispose() => _expired.Dispose();

    private static TaskCompletionSource Completed()
    {
        var source = new TaskCompletionSource();
        source.SetResult();
        return source;
    }

    private void End()
    {
        lock (_gate)
        {
            if (--_inFlight == 0)
            {
                _idle.SetResult();
            }
        }
    }

    /// <summary>One piece of work in flight.</summary>
    public readonly struct Work(Drain drain) : IDisposable
    {
        public void Dispose() => drain.End();
    }
}
