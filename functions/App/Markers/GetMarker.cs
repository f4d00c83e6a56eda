using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Portico.Documents;
using Portico.Http;

namespace Portico.Markers;

/// <summary><c>GET /markers/{id}</c></summary>
public sealed class GetMarker(IDocumentStore documents)
{
    [Function(nameof(GetMarker))]
    [ProjectMember(ProjectResource.Marker, "id")]
    public async Task<IResult> Run([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "markers/{id}")] HttpRequest request, string id, CancellationToken cancellation) =>
        await documents.GetAsync(Marker.Documents, request.ProjectId(), id, cancellation) is { } marker
            ? ApiJson.Ok(request.HttpContext.Response, MarkerView.Of(marker.Document), marker.ETag)
            : Problem.Of(ErrorCatalogue.NotFound);
}
