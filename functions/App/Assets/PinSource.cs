using Microsoft.Azure.Functions.Worker;
using Portico.Blobs;
using Portico.Documents;

namespace Portico.Assets;

/// <param name="InstanceId">The orchestration that asks: the owner of the claim.</param>
public sealed record PinRequest(string ProjectId, string AssetId, string InstanceId);

/// <summary>
/// Claims the asset for one orchestration and copies the version of the upload that lies there to a private blob, so
/// that later writes through the upload URL change nothing. Idempotent by the claim: (asset, orchestration).
/// Answers neither value nor failure when the asset is gone or another orchestration's.
/// </summary>
public sealed class PinSource(IDocumentStore documents, IBlobStore blobs, AssetMessages messages, TimeProvider clock)
{
    // Each round loses only to a browser that writes the same blob again at that very moment.
    private const int MaxRounds = 10;

    [Function(nameof(PinSource))]
    public async Task<Step<MediaSource>> Run([ActivityTrigger] PinRequest request, CancellationToken cancellation)
    {
        var upload = BlobName.Upload(request.ProjectId, request.AssetId);
        for (var round = 0; round < MaxRounds; round++)
        {
            var stored = await documents.GetAsync(Asset.Documents, request.ProjectId, request.AssetId, cancellation);
            if (stored is null || !MayClaim(stored.Document, request.InstanceId))
            {
                return new(null, null);
            }

            var asset = stored.Document;
            if (asset.Status == AssetStatus.AwaitingUpload)
            {
                if (await ClaimAsync(stored, upload, request.InstanceId, cancellation) is not { } claimed)
                {
                    continue;
                }

                asset = claimed;
                await messages.SendAsync(asset, cancellation);
            }

            if (AssetFailures.CheckSize(asset.Kind, asset.Source.Bytes!.Value) is { } failure)
            {
                // What is turned away is not kept.
                await blobs.DeleteAsync(upload, cancellation);
                return new(null, failure);
            }

            switch (await blobs.PinAsync(upload, asset.Source.ETag!, BlobName.Source(asset.ProjectId, asset.Id), cancellation))
            {
                case PinOutcome.Pinned:
                    return Step<MediaSource>.Done(new MediaSource(asset.ProjectId, asset.Id, asset.Kind, asset.Source.ETag!));
                case PinOutcome.Changed:
                    // Written again before it was pinned: the version that can be pinned is the one that counts.
                    await RereadAsync(asset, upload, cancellation);
                    break;
                default:
                    throw new BlobAbsentException(upload);
            }
        }

        throw new InvalidOperationException($"The upload of {request.AssetId} keeps changing.");
    }

    private static bool MayClaim(Asset asset, string instanceId) =>
        asset.Status == AssetStatus.AwaitingUpload || (asset.Status == AssetStatus.Processing && asset.Source.ClaimedBy == instanceId);

    /// <summary>The asset under our claim; null when somebody else wrote it meanwhile.</summary>
    private async Task<Asset?> ClaimAsync(Stored<Asset> stored, BlobName upload, string instanceId, CancellationToken cancellation)
    {
        var facts = await blobs.FindAsync(upload, cancellation) ?? throw new BlobAbsentException(upload);
        var claimed = stored.Document with
        {
            Status = AssetStatus.Processing,
            Source = stored.Document.Source with { Bytes = facts.Bytes, ETag = facts.ETag, ClaimedBy = instanceId },
            Progress = new AssetProgress(AssetSteps.Check, 0),
            Run = stored.Document.Run + 1,
            UpdatedAt = clock.GetUtcNow(),
        };
        return (await documents.ReplaceAsync(Asset.Documents, claimed, stored.ETag, cancellation)).Stored?.Document;
    }

    private async Task RereadAsync(Asset asset, BlobName upload, CancellationToken cancellation)
    {
        var facts = await blobs.FindAsync(upload, cancellation) ?? throw new BlobAbsentException(upload);
        await documents.PatchAsync(
            Asset.Documents,
            asset.ProjectId,
            asset.Id,
            new DocumentPatch().Set("/source/eTag", facts.ETag).Set("/source/bytes", facts.Bytes),
            ifMatch: null,
            cancellation);
    }
}
