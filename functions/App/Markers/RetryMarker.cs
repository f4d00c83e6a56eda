using Microsoft.DurableTask.Client;
using Portico.Assets;
using Portico.Documents;
using Portico.Http;
using Portico.Operations;

namespace Portico.Markers;

/// <summary>A failed compilation again. Idempotent by the asset's run, as <see cref="GenerateMarker"/> is.</summary>
public sealed class RetryMarker(IDocumentStore documents) : IOrchestrationRetry
{
    public string Orchestration => nameof(CompileMarkerAgain);

    public string Rule => "Compiles the image's marker again. Refused when the image is gone or is not ready.";

    public async Task<RetryOutcome> RetryAsync(OrchestrationMetadata failed, DurableTaskClient orchestrations, CancellationToken cancellation)
    {
        var request = failed.ReadInputAs<PinRequest>();
        if (request is null || await documents.GetAsync(Asset.Documents, request.ProjectId, request.AssetId, cancellation) is not { Document: var asset })
        {
            return RetryOutcome.Refused(ErrorCatalogue.NothingToRetry, "The image is gone.");
        }

        var isOurs = asset.Source.ClaimedBy?.StartsWith(GenerateMarker.InstancePrefix, StringComparison.Ordinal) ?? false;
        if (asset.Status != AssetStatus.Ready && !(asset.Status == AssetStatus.Processing && isOurs))
        {
            return RetryOutcome.Refused(ErrorCatalogue.NothingToRetry, "The image is not ready.");
        }

        // A compilation that holds the claim goes on under its own name; else the next one begins.
        var instanceId = asset.Status == AssetStatus.Processing ? asset.Source.ClaimedBy! : $"{GenerateMarker.InstancePrefix}{asset.Id}-{asset.Run}";
        await orchestrations.StartUnlessOpenAsync(nameof(CompileMarkerAgain), instanceId, new PinRequest(asset.ProjectId, asset.Id, instanceId), cancellation);
        return RetryOutcome.RunsAs(instanceId);
    }
}
