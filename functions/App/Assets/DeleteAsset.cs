using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Portico.Documents;
using Portico.Http;
using Portico.Links;
using Portico.Markers;

namespace Portico.Assets;

/// <summary>
/// <c>DELETE /assets/{id}</c>: the asset, its marker and its media. Refused while a link shows it: printed codes would go
/// dark. The documents go first, and only as they were read: whoever publishes or edits at the same moment is not
/// overrun. Its blobs go once no link can have come to show it; blobs that a deletion leaves behind when it is cut short are <see cref="SweepOrphanMedia"/>'s.
/// </summary>
public sealed class DeleteAsset(IDocumentStore documents, AssetMedia media, LinkStore links)
{
    [Function(nameof(DeleteAsset))]
    [ProjectMember(ProjectResource.Asset, "id")]
    public async Task<IResult> Run([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "assets/{id}")] HttpRequest request, string id, CancellationToken cancellation)
    {
        var projectId = request.ProjectId();
        while (await documents.GetAsync(Asset.Documents, projectId, id, cancellation) is { } stored)
        {
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
            var batch = new DocumentBatch(Asset.Documents.Container, projectId).Delete(Asset.Documents, id, stored.ETag);
            if (marker is not null)
            {
                batch.Delete(Marker.Documents, marker.Document.Id);
            }

            var deleted = await documents.BatchAsync(batch, cancellation);
            if (deleted.Outcome == WriteOutcome.Written)
            {
                // A link that was made since the look above either finds the asset gone, or is found here.
                if ((await links.ListUsingAsync(projectId, id, CancellationToken.None)).FirstOrDefault() is { } newcomer)
                {
                    await RestoreAsync(asset, marker?.Document);
                    return Problem.Of(ErrorCatalogue.AssetInUse, $"The link {newcomer} shows it.");
                }

                await media.DeleteAsync(asset, marker?.Document, CancellationToken.None);
                return Results.NoContent();
            }

            if (deleted.Outcome == WriteOutcome.Conflict && ifMatch is not null)
            {
                return Problem.Of(ErrorCatalogue.PreconditionFailed);
            }
        }

        return Problem.Of(ErrorCatalogue.NotFound);
    }

    private Task RestoreAsync(Asset asset, Marker? marker)
    {
        var batch = new DocumentBatch(Asset.Documents.Container, asset.ProjectId).Create(Asset.Documents, asset);
        return documents.BatchAsync(marker is null ? batch : batch.Create(Marker.Documents, marker), CancellationToken.None);
    }
}
