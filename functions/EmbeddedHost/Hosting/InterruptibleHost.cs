using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Hosting;

namespace Portico.EmbeddedHost.Hosting;

/// <summary>
/// The built host. Ctrl-C during the start is an ordinary stop here: what the start throws because of it would
/// otherwise end the process as a crash.
/// </summary>
internal sealed class InterruptibleHost(WebApplication app) : IHost, IAsyncDisposable
{
    public IServiceProvider Services => app.Services;

    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch (Exception) when (app.Lifetime.ApplicationStopping.IsCancellationRequested)
        {
            // Whoever waits for the shutdown sees it at once and stops what did start.
        }
    }

    public Task StopAsync(CancellationToken cancellationToken = default) => app.StopAsync(cancellationToken);

    public void Dispose() => ((IDisposable)app).Dispose();

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
