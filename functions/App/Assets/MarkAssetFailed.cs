using Microsoft.Azure.Functions.Worker;
using Portico.Documents;

namespace Portico.Assets;

public sealed record FailedAsset(string ProjectId, string AssetId, string InstanceId, AssetFailure Failure);

/// <summary>
/// Ends an asset's processing with a reason that its owner can act on. An image that was ready before (its marker was
/// being compiled again) stays ready with what it had. Idempotent by (asset, orchestration).
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
                asset = asset with
                {
                    Status = asset.Image is null ? AssetStatus.Failed : AssetStatus.Ready,
                    Failure = input.Failure,
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
