using Microsoft.DurableTask.Client;
using Portico.Blobs;
using Portico.Documents;
using Portico.Http;
using Portico.Operations;

namespace Portico.Assets;

/// <summary>
/// A failed ingest again: a new instance claims the asset and starts from its source. Idempotent by the claim: an asset
/// that another instance has claimed since is that one's, and however often a retry is asked for, one instance runs.
/// </summary>
public sealed class RetryIngest(IDocumentStore documents, IBlobStore blobs, AssetMessages messages, TimeProvider clock) : IOrchestrationRetry
{
    private const string InstancePrefix = "retry-";

    public string Orchestration => nameof(IngestAsset);

    public string Rule => "Ingests the same asset again from the file that was uploaded, under a new instance. Refused once the asset is ready, deleted, or its file is gone.";

    public async Task<RetryOutcome> RetryAsync(OrchestrationMetadata failed, DurableTaskClient orchestrations, CancellationToken cancellation)
    {
        var request = failed.ReadInputAs<IngestRequest>();
        while (request is not null && await documents.GetAsync(Asset.Documents, request.ProjectId, request.AssetId, cancellation) is { } stored)
        {
            var asset = stored.Document;
            var claimant = asset.Source.ClaimedBy;
            var isTakenOver = claimant is not null && claimant != failed.InstanceId;
            if (asset.Status == AssetStatus.Ready)
            {
                return RetryOutcome.Refused(ErrorCatalogue.NothingToRetry, "The asset is ready.");
            }

            if (asset.Status == AssetStatus.Processing && isTakenOver)
            {
                // The run that took over may have been claimed and not started: a crash between the two.
                await StartAsync(asset, orchestrations, cancellation);
                return RetryOutcome.RunsAs(claimant!);
            }

            if (isTakenOver)
            {
                return RetryOutcome.Refused(ErrorCatalogue.NothingToRetry, $"The instance {claimant} took the asset over and failed in its turn: retry that one.");
            }

            if (await ClaimAsync(asset, failed.InstanceId, cancellation) is not { } claimed)
            {
                return RetryOutcome.Refused(ErrorCatalogue.SourceGone, "Neither the upload nor its pinned copy is there.");
            }

            if ((await documents.ReplaceAsync(Asset.Documents, claimed, stored.ETag, cancellation)).Outcome == WriteOutcome.Written)
            {
                await messages.SendAsync(claimed, cancellation);
                await StartAsync(claimed, orchestrations, cancellation);
                return RetryOutcome.RunsAs(claimed.Source.ClaimedBy!);
            }
        }

        return RetryOutcome.Refused(ErrorCatalogue.NothingToRetry, "The asset is gone.");
    }

    private static Task<bool> StartAsync(Asset asset, DurableTaskClient orchestrations, CancellationToken cancellation) =>
        orchestrations.StartUnlessOpenAsync(nameof(IngestAsset), asset.Source.ClaimedBy!, new IngestRequest(asset.ProjectId, asset.Id), cancellation);

    /// <summary>The asset in processing under a new claim; null when there is nothing to process.</summary>
    private async Task<Asset?> ClaimAsync(Asset asset, string failedId, CancellationToken cancellation)
    {
        var source = asset.Source;
        var upload = BlobName.Upload(asset.ProjectId, asset.Id);
        if (source.ETag is { } version)
        {
            if (await blobs.PinAsync(upload, version, BlobName.Source(asset.ProjectId, asset.Id), cancellation) == PinOutcome.Absent)
            {
                return null;
            }
        }
        else if (await blobs.FindAsync(upload, cancellation) is { } facts)
        {
            // It failed before it could claim the asset: this claim is the first.
            source = source with { Bytes = facts.Bytes, ETag = facts.ETag };
        }
        else
        {
            return null;
        }

        // The retry of a repair is a repair: should it fail too, the asset waits for its media to come back.
        var prefix = failedId.StartsWith(LostMedia.RepairPrefix, StringComparison.Ordinal) ? LostMedia.RepairPrefix : InstancePrefix;
        return asset with
        {
            Status = AssetStatus.Processing,
            Failure = null,
            Progress = new AssetProgress(AssetSteps.Check, 0),
            Source = source with { ClaimedBy = $"{prefix}{asset.Id}-{asset.Run + 1}" },
            Run = asset.Run + 1,
            UpdatedAt = clock.GetUtcNow(),
        };
    }
}
