using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Portico.Blobs;

/// <summary>Whether the reconciler does anything.</summary>
public sealed record ReconcileSetting(bool Enabled);

/// <summary>
/// At start, and once a night: whatever a document promises must be in blob storage. Azurite that was killed has
/// forgotten its last seconds; this finds out, makes again what can be made again, and says what is lost.
/// </summary>
public sealed class ReconcileBlobs(IBlobStore blobs, IEnumerable<IBlobReferences> references, ReconcileSetting setting, IHostApplicationLifetime lifetime, TimeProvider clock, ILogger<ReconcileBlobs> logger)
{
    /// <summary>What looked lost because it was just being written or deleted has settled by then.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    [Function(nameof(ReconcileBlobs))]
    public async Task Run(
        [TimerTrigger("0 30 3 * * *", RunOnStartup = true, UseMonitor = false)] TimerInfo timer,
        [DurableClient] DurableTaskClient orchestrations,
        CancellationToken cancellation)
    {
        if (!setting.Enabled)
        {
            return;
        }

        var paths = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var path in blobs.ListAsync(new BlobName(BlobName.Public, ""), cancellation))
        {
            paths.Add(path);
        }

        var suspects = new List<(IBlobReferences Owner, LostBlobs Lost)>();
        foreach (var owner in references)
        {
            await foreach (var lost in owner.FindLostAsync(paths, cancellation))
            {
                suspects.Add((owner, lost));
            }
        }

        if (suspects.Count == 0)
        {
            return;
        }

        // Nothing is lost by leaving here: the next start looks again. Who stops the host shouldn't wait for this wait.
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation, lifetime.ApplicationStopping);
        await Task.Delay(Patience, clock, patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (patience.IsCancellationRequested)
        {
            return;
        }

        foreach (var (owner, lost) in suspects)
        {
            var outcome = await owner.RepairAsync(lost, orchestrations, cancellation);
            if (outcome != RepairOutcome.Intact)
            {
                logger.LogWarning("Blobs of {Document} were missing: {Outcome}", lost.Id, outcome);
            }
        }
    }
}
