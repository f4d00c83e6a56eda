using Microsoft.Azure.Functions.Worker;
using Portico.Documents;
using Portico.Links;
using Portico.Markers;

namespace Portico.Assets;

/// <param name="InstanceId">The orchestration that holds the claim.</param>
/// <param name="Image">Null leaves the image as it is.</param>
public sealed record AssetToPublish(MediaSource Source, string InstanceId, ImageFacts? Image = null, VideoFacts? Video = null, MarkerFacts? Marker = null);

/// <summary>
/// Makes the asset ready: its facts, its marker and its status become visible in one write. Then the links that show
/// it are published anew. Idempotent by (asset, source ETag): a second run writes the same.
/// </summary>
public sealed class PublishAsset(IDocumentStore documents, AssetMedia media, AssetMessages messages, ManifestPublisher manifests, TimeProvider clock)
{
    [Function(nameof(PublishAsset))]
    public async Task Run([ActivityTrigger] AssetToPublish input, CancellationToken cancellation)
    {
        while (true)
        {
            var stored = await documents.GetAsync(Asset.Documents, input.Source.ProjectId, input.Source.AssetId, cancellation);
            if (stored is null)
            {
                // Deleted while it was processed: what the steps published belongs to nobody.
                await media.DeleteUnsharedAsync(input.Source.ProjectId, AssetMedia.PathsOf(input.Image, input.Video, input.Marker?.Path), cancellation);
                return;
            }

            var asset = stored.Document;
            if (asset.Source.ClaimedBy != input.InstanceId)
            {
                return;
            }

            if (asset.Status == AssetStatus.Processing)
            {
                asset = asset with
                {
                    Status = AssetStatus.Ready,
                    Progress = null,
                    Failure = null,
                    Image = input.Image ?? asset.Image,
                    Video = input.Video ?? asset.Video,
                    MarkerId = input.Marker?.MarkerId ?? asset.MarkerId,
                    UpdatedAt = clock.GetUtcNow(),
                };
                if (!await TryWriteAsync(asset, stored.ETag, input.Marker, cancellation))
                {
                    continue;
                }
            }

            // From here on a repeated run only says again what is written.
            await manifests.RepublishForAssetAsync(asset.ProjectId, asset.Id, cancellation);
            await messages.SendAsync(asset, cancellation);
            return;
        }
    }

    private async Task<bool> TryWriteAsync(Asset asset, string etag, MarkerFacts? marker, CancellationToken cancellation)
    {
        var batch = new DocumentBatch(Asset.Documents.Container, asset.ProjectId).Replace(Asset.Documents, asset, etag);
        if (marker is not null)
        {
            batch.Upsert(Marker.Documents, Marker.Of(asset, marker, clock.GetUtcNow()));
        }

        return (await documents.BatchAsync(batch, cancellation)).Outcome == WriteOutcome.Written;
    }
}
