using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Portico.Http;

namespace Portico.Links;

/// <summary><c>GET /projects/{id}/links</c>, newest first, and <c>GET /links/{code}</c></summary>
public sealed class GetLinks(LinkStore links, PublicOrigin origin)
{
    [Function("ListLinks")]
    [ProjectMember(ProjectResource.Project, "id")]
    public async Task<IResult> List([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "projects/{id}/links")] HttpRequest request, string id, CancellationToken cancellation)
    {
        if (!Paging.TryRead(request, out var paging, out var problem))
        {
            return problem;
        }

        var (items, continuation) = await links.ListAsync(id, paging.Limit, paging.Continuation, cancellation);
        return ApiJson.Ok(new PageOf<LinkView>([.. items.Select(link => LinkView.Of(link, origin.For(request)))], Paging.Cursor(continuation)));
    }

    [Function("GetLink")]
    [ProjectMember(ProjectResource.Link, "code")]
    public async Task<IResult> Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "links/{code}")] HttpRequest request, string code, CancellationToken cancellation) =>
        await links.FindAsync(code, cancellation) is { } link
            ? ApiJson.Ok(request.HttpContext.Response, LinkView.Of(link.Document, origin.For(request)), link.ETag)
            : Problem.Of(ErrorCatalogue.NotFound);
}
