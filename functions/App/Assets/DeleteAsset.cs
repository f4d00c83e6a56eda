using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Portico.Documents;
using Portico.Http;
using Portico.Links;
using Portico.Markers;

namespace Portico.Assets;

/// <summary>
/// <c>DELETE /assets/{id}</c>: the asset, its marker and its media. Refused while a link shows it: printed codes would go
/// dark. The document goes last, so a deletion that was cut short can be repeated.
/// </summary>
public sealed class DeleteAsset(IDocumentStore documents, AssetMedia media, LinkStore links)
{
    [Function(nameof(DeleteAsset))]
    [ProjectMember(ProjectResource.Asset, "id")]
    public async Task<IResult> Run([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "assets/{id}")] HttpRequest request, string id, CancellationToken cancellation)
    {
        var projectId = request.ProjectId();
        if (await documents.GetAsync(Asset.Documents, projectId, id, cancellation) is not { } stored)
        {
            return Problem.Of(ErrorCatalogue.NotFound);
        }

        if (!Preconditions.TryReadIfMatch(request, stored.ETag, out var ifMatch, out var problem))
        {
            return problem;
        }

        if ((await links.ListUsingAsync(projectId, id, cancellation)).FirstOrDefault() is { } code)
        {
            return Problem.Of(ErrorCatalogue.AssetInUse, $"The link {code} shows it.");
        }

        var asset = stored.Document;
        var marker = asset.MarkerId is null ? null : await documents.GetAsync(Marker.Documents, projectId, asset.MarkerId, cancellation);
        await media.DeleteAsync(asset, marker?.Document, cancellation);
        var batch = new DocumentBatch(Asset.Documents.Container, projectId).Delete(Asset.Documents, id, ifMatch);
        if (marker is not null)
        {
            batch.Delete(Marker.Documents, marker.Document.Id);
        }

        var deleted = await documents.BatchAsync(batch, cancellation);
        return deleted.Outcome == WriteOutcome.Conflict ? Problem.Of(ErrorCatalogue.PreconditionFailed) : Results.NoContent();
    }
}
