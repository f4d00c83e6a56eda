using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Portico.Documents;
using Portico.Http;

namespace Portico.Markers;

/// <summary><c>GET /markers/{id}</c>: advice about another marker is given as long as that marker exists.</summary>
public sealed class GetMarker(IDocumentStore documents)
{
    [Function(nameof(GetMarker))]
    [ProjectMember(ProjectResource.Marker, "id")]
    public async Task<IResult> Run([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "markers/{id}")] HttpRequest request, string id, CancellationToken cancellation)
    {
        if (await documents.GetAsync(Marker.Documents, request.ProjectId(), id, cancellation) is not { } marker)
        {
            return Problem.Of(ErrorCatalogue.NotFound);
        }

        var view = MarkerView.Of(marker.Document);
        if (view.Advice.FirstOrDefault(advice => advice.MarkerId is not null) is { MarkerId: { } otherId } about
            && await documents.GetAsync(Marker.Documents, request.ProjectId(), otherId, cancellation) is null)
        {
            view = view with { Advice = [.. view.Advice.Where(advice => advice != about)] };
        }

        return ApiJson.Ok(request.HttpContext.Response, view, marker.ETag);
    }
}
