using Microsoft.Azure.Functions.Worker;
using Portico.Documents;
using Portico.Markers;

namespace Portico.Assets;

public sealed record FailedAsset(string ProjectId, string AssetId, string InstanceId, AssetFailure Failure);

/// <summary>
/// Ends an asset's processing with a reason that its owner can act on. An image whose marker was being compiled again
/// stays ready with what it had; an asset under repair has lost media and keeps its facts, for when they come back. Idempotent by (asset, orchestration).
/// </summary>
public sealed class MarkAssetFailed(IDocumentStore documents, AssetMessages messages, TimeProvider clock)
{
    [Function(nameof(MarkAssetFailed))]
    public async Task Run([ActivityTrigger] FailedAsset input, CancellationToken cancellation)
    {
        while (await documents.GetAsync(Asset.Documents, input.ProjectId, input.AssetId, cancellation) is { } stored)
        {
            var asset = stored.Document;
            var isOurs = asset.Source.ClaimedBy == input.InstanceId || asset.Status == AssetStatus.AwaitingUpload;
            if (!isOurs || asset.Status == AssetStatus.Ready)
            {
                return;
            }

            if (asset.Status != AssetStatus.Failed)
            {
                var keepsItsMarker = input.InstanceId.StartsWith(GenerateMarker.InstancePrefix, StringComparison.Ordinal);
                var isUnderRepair = input.InstanceId.StartsWith(LostMedia.RepairPrefix, StringComparison.Ordinal);
                asset = asset with
                {
                    Status = keepsItsMarker ? AssetStatus.Ready : AssetStatus.Failed,
                    Failure = isUnderRepair ? AssetFailures.BlobLost.Because() : input.Failure,
                    Progress = null,
                    UpdatedAt = clock.GetUtcNow(),
                };
                if ((await documents.ReplaceAsync(Asset.Documents, asset, stored.ETag, cancellation)).Outcome == WriteOutcome.Conflict)
                {
                    continue;
                }
            }

            await messages.SendAsync(asset, cancellation);
            return;
        }
    }
}
