using System.Text.Json;
using Microsoft.Extensions.Hosting;

namespace Portico.EmbeddedHost.Hosting;

/// <summary>A part that the host waits for before it calls itself ready.</summary>
internal interface IReadyPart
{
    /// <summary>Completes when the part can serve.</summary>
    Task WhenReadyAsync(CancellationToken cancellation);
}

/// <summary>
/// Says when everything serves: one line on standard output (<c>portico ready {origin}</c>) and the run file
/// <c>host.json</c> in the data folder, which holds <c>{pid, origin, startedAt}</c> while the host runs.
/// </summary>
internal sealed class HostReady(HostSettings settings, IEnumerable<IReadyPart> parts, IHostApplicationLifetime lifetime, TimeProvider clock) : BackgroundService
{
    private string RunFile => Path.Combine(settings.DataPath, "host.json");

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var listening = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var started = lifetime.ApplicationStarted.Register(() => listening.TrySetResult());
        await listening.Task.WaitAsync(stoppingToken);
        await Task.WhenAll(parts.Select(part => part.WhenReadyAsync(stoppingToken)));

        var run = JsonSerializer.Serialize(new { pid = Environment.ProcessId, origin = settings.PublicOrigin, localOrigin = settings.LocalOrigin, startedAt = clock.GetUtcNow() });
        var draft = RunFile + ".new";
        await File.WriteAllTextAsync(draft, run, stoppingToken);
        File.Move(draft, RunFile, overwrite: true);
        Console.WriteLine($"portico ready {settings.PublicOrigin}");
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        File.Delete(RunFile);
    }
}
