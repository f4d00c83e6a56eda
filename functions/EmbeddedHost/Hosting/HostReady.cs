using System.Text.Json;
using Microsoft.Extensions.Hosting;
using Portico.EmbeddedHost.Blobs;

namespace Portico.EmbeddedHost.Hosting;

/// <summary>A part that the host waits for before it calls itself ready.</summary>
internal interface IReadyPart
{
    /// <summary>Completes when the part can serve.</summary>
    Task WhenReadyAsync(CancellationToken cancellation);
}

/// <summary>What else is told once everything serves; null for nothing.</summary>
internal sealed record HostWelcome(string? Text);

/// <summary>
/// Says when everything serves: one line on standard output (<c>portico ready {origin}</c>) and the run file
/// <c>host.json</c> in the data folder, which holds <c>{pid, origin, localOrigin, blobPort, startedAt}</c> while the host
/// runs; <c>blobPort</c> is Azurite's, null without it.
/// </summary>
internal sealed class HostReady(HostSettings settings, IEnumerable<IReadyPart> parts, IEnumerable<AzuriteCommand> azurite, HostWelcome welcome, IHostApplicationLifetime lifetime, TimeProvider clock) : BackgroundService
{
    public const string RunFileName = "host.json";

    private string RunFile => Path.Combine(settings.DataPath, RunFileName);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var listening = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var started = lifetime.ApplicationStarted.Register(() => listening.TrySetResult());
        try
        {
            await listening.Task.WaitAsync(stoppingToken);
            await Task.WhenAll(parts.Select(part => part.WhenReadyAsync(stoppingToken)));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The start failed elsewhere: that part says why, and a second complaint would only hide it.
            return;
        }

        var run = JsonSerializer.Serialize(new { pid = Environment.ProcessId, origin = settings.PublicOrigin, localOrigin = settings.LocalOrigin, blobPort = azurite.SingleOrDefault()?.Port, startedAt = clock.GetUtcNow() });
        var draft = RunFile + ".new";
        await File.WriteAllTextAsync(draft, run, stoppingToken);
        File.Move(draft, RunFile, overwrite: true);
        Console.WriteLine($"portico ready {settings.PublicOrigin}");
        if (welcome.Text is { } text)
        {
            Console.WriteLine(text);
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        File.Delete(RunFile);
    }
}
