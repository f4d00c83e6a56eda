using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Portico.Assets;
using Portico.Documents;
using Portico.Http;
using Portico.Projects;

namespace Portico.Markers;

/// <summary>
/// <c>POST /markers/generate</c>: compiles an image's marker again, with the compiler as it is now, and publishes the
/// links that use it anew. 202: it goes on like an ingest, with the same progress.
/// </summary>
public sealed class GenerateMarker(IDocumentStore documents, ProjectAccess access)
{
    /// <summary>How the ids of these orchestrations, and so their claims, begin.</summary>
    internal const string InstancePrefix = "marker-";

    private sealed record Request(string? AssetId);

    [Function(nameof(GenerateMarker))]
    [SignedIn]
    public async Task<IResult> Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "markers/generate")] HttpRequest request,
        [DurableClient] DurableTaskClient orchestrations,
        CancellationToken cancellation)
    {
        if (!(await JsonBody.ReadAsync<Request>(request, cancellation)).TryGet(out var body, out var problem))
        {
            return problem;
        }

        if (string.IsNullOrEmpty(body.AssetId))
        {
            return Problem.Field("assetId", "Required.");
        }

        var projectId = await access.FindProjectAsync(request.Caller(), ProjectResource.Asset, body.AssetId, cancellation);
        if (projectId is null || await documents.GetAsync(Asset.Documents, projectId, body.AssetId, cancellation) is not { } stored)
        {
            return Problem.Of(ErrorCatalogue.NotFound);
        }

        var asset = stored.Document;
        if (asset.Kind != AssetKind.Image)
        {
            return Problem.Field("assetId", "Must be an image.");
        }

        if (asset.Status != AssetStatus.Ready)
        {
            return Problem.Of(ErrorCatalogue.AssetNotReady);
        }

        // One instance for each state of the asset: two clicks start one compilation.
        var instanceId = $"{InstancePrefix}{asset.Id}-{asset.Run}";
        await orchestrations.StartUnlessOpenAsync(nameof(CompileMarkerAgain), instanceId, new PinRequest(projectId, asset.Id, instanceId), cancellation);

        request.HttpContext.Response.Headers.Location = $"/api/v1/assets/{asset.Id}";
        return Results.Json(
            AssetView.Of(asset with { Status = AssetStatus.Processing, Progress = new AssetProgress(AssetSteps.Check, 0) }),
            ApiJson.Options,
            statusCode: StatusCodes.Status202Accepted);
    }
}
