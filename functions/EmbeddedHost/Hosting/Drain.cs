using Microsoft.Extensions.Hosting;

namespace Portico.EmbeddedHost.Hosting;

/// <summary>
/// Lets work in flight end before the process does: after SIGTERM nothing is started any more; what runs may finish
/// within <see cref="HostSettings.DrainTimeout"/>, then its token is signalled.
/// </summary>
internal sealed class Drain : IDisposable
{
    private readonly CancellationTokenSource _expired = new();

    public Drain(IHostApplicationLifetime lifetime, HostSettings settings)
    {
        Stopping = lifetime.ApplicationStopping;
        Stopping.Register(() => _expired.CancelAfter(settings.DrainTimeout));
    }

    /// <summary>Signalled when the host begins to stop: take no new work.</summary>
    public CancellationToken Stopping { get; }

    /// <summary>Signalled when the time to finish is over: work in flight must give up.</summary>
    public CancellationToken Expired => _expired.Token;

    public void Dispose() => _expired.Dispose();
}
