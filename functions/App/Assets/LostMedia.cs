using System.Runtime.CompilerServices;
using Microsoft.DurableTask.Client;
using Portico.Blobs;
using Portico.Documents;
using Portico.Markers;

namespace Portico.Assets;

/// <summary>
/// Ready assets whose published media are missing, and assets in processing that nothing processes. With the pinned source still there, the asset is ingested again;
/// without it, the asset says that it must be uploaded again, and keeps its facts: links that show it go on with what
/// is left of it, and it is ready again should its media come back.
/// </summary>
public sealed class LostMedia(IDocumentStore documents, IDocumentMaintenance maintenance, IBlobStore blobs, AssetMessages messages, TimeProvider clock) : IBlobReferences
{
    /// <summary>How the claims of repairs begin.</summary>
    internal const string RepairPrefix = "repair-";

    public async IAsyncEnumerable<LostBlobs> FindLostAsync(IReadOnlySet<string> publicPaths, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var (asset, _) in maintenance.AllAsync(Asset.Documents, cancellation))
        {
            var suspicious = asset.Status == AssetStatus.Processing
                || (asset.Status == AssetStatus.Ready && !(await PathsAsync(asset, cancellation)).All(publicPaths.Contains))
                || (IsDeclaredLost(asset) && (await PathsAsync(asset, cancellation)).All(publicPaths.Contains));
            if (suspicious)
            {
                yield return new LostBlobs(asset.ProjectId, asset.Id);
            }
        }
    }

    public async Task<RepairOutcome> RepairAsync(LostBlobs lost, DurableTaskClient orchestrations, CancellationToken cancellation)
    {
        while (await documents.GetAsync(Asset.Documents, lost.PartitionKey, lost.Id, cancellation) is { } stored)
        {
            var asset = stored.Document;
            if (asset.Status == AssetStatus.Processing)
            {
                return await EnsureStartedAsync(asset, orchestrations, cancellation);
            }

            var missing = await AnyMissingAsync(asset, cancellation);
            if (asset.Status == AssetStatus.Ready ? !missing : missing || !IsDeclaredLost(asset))
            {
                return RepairOutcome.Intact;
            }

            var (changed, outcome) = !missing ? (Restore(asset), RepairOutcome.Restored)
                : await HasSourceAsync(asset, cancellation) ? (Claim(asset), RepairOutcome.Restarted)
                : (DeclareLost(asset), RepairOutcome.Lost);
            if ((await documents.ReplaceAsync(Asset.Documents, changed, stored.ETag, cancellation)).Outcome != WriteOutcome.Written)
            {
                continue;
            }

            await messages.SendAsync(changed, cancellation);
            return outcome == RepairOutcome.Restarted ? await EnsureStartedAsync(changed, orchestrations, cancellation) : outcome;
        }

        return RepairOutcome.Intact;
    }

    private static bool IsDeclaredLost(Asset asset) => asset.Status == AssetStatus.Failed && asset.Failure?.Code == AssetFailures.BlobLost.Code;

    private Asset Restore(Asset asset) => asset with { Status = AssetStatus.Ready, Failure = null, UpdatedAt = clock.GetUtcNow() };

    private Asset DeclareLost(Asset asset) => asset with { Status = AssetStatus.Failed, Failure = AssetFailures.BlobLost.Because(), UpdatedAt = clock.GetUtcNow() };

    private Asset Claim(Asset asset) => asset with
    {
        Status = AssetStatus.Processing,
        Failure = null,
        Progress = new AssetProgress(AssetSteps.Check, 0),
        Source = asset.Source with { ClaimedBy = $"{RepairPrefix}{asset.Id}-{asset.Run + 1}" },
        Run = asset.Run + 1,
        UpdatedAt = clock.GetUtcNow(),
    };

    /// <summary>
    /// An asset is processed by the orchestration that it names. A crash between the claim and the start, or an
    /// orchestration that ended without its last word, is made good here: the same one starts again.
    /// </summary>
    private async Task<RepairOutcome> EnsureStartedAsync(Asset asset, DurableTaskClient orchestrations, CancellationToken cancellation)
    {
        var instanceId = asset.Source.ClaimedBy!;
        if (await orchestrations.GetInstanceAsync(instanceId, cancellation) is { IsCompleted: false })
        {
            return RepairOutcome.Intact;
        }

        // It may have said its last word since the asset was read.
        var current = await documents.GetAsync(Asset.Documents, asset.ProjectId, asset.Id, cancellation);
        if (current?.Document is not { Status: AssetStatus.Processing } still || still.Source.ClaimedBy != instanceId)
        {
            return RepairOutcome.Intact;
        }

        var started = instanceId.StartsWith(GenerateMarker.InstancePrefix, StringComparison.Ordinal)
            ? await orchestrations.StartUnlessOpenAsync(nameof(CompileMarkerAgain), instanceId, new PinRequest(asset.ProjectId, asset.Id, instanceId), cancellation)
            : await orchestrations.StartUnlessOpenAsync(nameof(IngestAsset), instanceId, new IngestRequest(asset.ProjectId, asset.Id), cancellation);
        return started ? RepairOutcome.Restarted : RepairOutcome.Intact;
    }

    /// <summary>Whether the pinned copy holds the asset's version, or can hold it again from the upload.</summary>
    private async Task<bool> HasSourceAsync(Asset asset, CancellationToken cancellation) =>
        asset.Source.ETag is { } version
        && await blobs.PinAsync(BlobName.Upload(asset.ProjectId, asset.Id), version, BlobName.Source(asset.ProjectId, asset.Id), cancellation) == PinOutcome.Pinned;

    private async Task<bool> AnyMissingAsync(Asset asset, CancellationToken cancellation)
    {
        foreach (var path in await PathsAsync(asset, cancellation))
        {
            if (await blobs.FindAsync(new BlobName(BlobName.Public, path), cancellation) is null)
            {
                return true;
            }
        }

        return false;
    }

    private async Task<IReadOnlySet<string>> PathsAsync(Asset asset, CancellationToken cancellation)
    {
        var marker = asset.MarkerId is null ? null : await documents.GetAsync(Marker.Documents, asset.ProjectId, asset.MarkerId, cancellation);
        return AssetMedia.PathsOf(asset.Image, asset.Video, marker?.Document.Path);
    }
}
