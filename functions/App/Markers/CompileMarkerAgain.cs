using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;
using Portico.Assets;
using Portico.Documents;

namespace Portico.Markers;

/// <summary>Takes a ready image → probe → compile → publish. If it fails, the image keeps the marker it had.</summary>
/// <remarks>Replayed from its history: see the remarks of <see cref="IngestAsset"/>.</remarks>
public static class CompileMarkerAgain
{
    [Function(nameof(CompileMarkerAgain))]
    public static async Task<IngestOutcome> Run([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var request = context.GetInput<PinRequest>()!;
        AssetFailure? failure;
        try
        {
            var source = await context.CallActivityAsync<MediaSource?>(nameof(BeginMarker), request, IngestAsset.Retries);
            if (source is null)
            {
                return new IngestOutcome(request.AssetId, null);
            }

            var probe = await context.CallActivityAsync<Step<ImageProbe>>(MediaActivities.ProbeImage, source, IngestAsset.Retries);
            var marker = probe.Failure is null
                ? await context.CallActivityAsync<Step<MarkerFacts>>(MediaActivities.CompileMarker, new ImageToRender(source, probe.Value!), IngestAsset.Retries)
                : new Step<MarkerFacts>(null, probe.Failure);
            failure = marker.Failure;
            if (failure is null)
            {
                await context.CallActivityAsync(nameof(PublishAsset), new AssetToPublish(source, context.InstanceId, Marker: marker.Value), IngestAsset.Retries);
            }
        }
        catch (TaskFailedException exception)
        {
            context.CreateReplaySafeLogger(nameof(CompileMarkerAgain)).LogError("Compiling {AssetId} again gave up at {Activity}: {Error}", request.AssetId, exception.TaskName, exception.FailureDetails.ErrorMessage);
            await MarkFailedAsync(context, request, AssetFailures.ProcessingFailed.Because());
            throw;
        }

        if (failure is not null)
        {
            await MarkFailedAsync(context, request, failure);
        }

        return new IngestOutcome(request.AssetId, failure);
    }

    private static Task MarkFailedAsync(TaskOrchestrationContext context, PinRequest request, AssetFailure failure) =>
        context.CallActivityAsync(nameof(MarkAssetFailed), new FailedAsset(request.ProjectId, request.AssetId, context.InstanceId, failure), IngestAsset.LastWord);
}

/// <summary>Claims a ready image for a new compilation. Idempotent by the claim; null when the asset is gone or busy.</summary>
public sealed class BeginMarker(IDocumentStore documents, AssetMessages messages, TimeProvider clock)
{
    [Function(nameof(BeginMarker))]
    public async Task<MediaSource?> Run([ActivityTrigger] PinRequest request, CancellationToken cancellation)
    {
        while (await documents.GetAsync(Asset.Documents, request.ProjectId, request.AssetId, cancellation) is { } stored)
        {
            var asset = stored.Document;
            if (asset.Source.ClaimedBy != request.InstanceId)
            {
                if (asset.Status != AssetStatus.Ready)
                {
                    return null;
                }

                asset = asset with
                {
                    Status = AssetStatus.Processing,
                    Progress = new AssetProgress(AssetSteps.Check, 0),
                    Failure = null,
                    Source = asset.Source with { ClaimedBy = request.InstanceId },
                    Run = asset.Run + 1,
                    UpdatedAt = clock.GetUtcNow(),
                };
                if ((await documents.ReplaceAsync(Asset.Documents, asset, stored.ETag, cancellation)).Outcome != WriteOutcome.Written)
                {
                    continue;
                }

                await messages.SendAsync(asset, cancellation);
            }

            return new MediaSource(asset.ProjectId, asset.Id, asset.Kind, asset.Source.ETag!);
        }

        return null;
    }
}
