using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Portico.Documents;
using Portico.Http;

namespace Portico.Assets;

/// <summary><c>GET /projects/{id}/assets</c>, newest first, and <c>GET /assets/{id}</c></summary>
public sealed class GetAssets(IDocumentStore documents)
{
    [Function("ListAssets")]
    [ProjectMember(ProjectResource.Project, "id")]
    public async Task<IResult> List([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "projects/{id}/assets")] HttpRequest request, string id, CancellationToken cancellation)
    {
        if (!Paging.TryRead(request, out var paging, out var problem))
        {
            return problem;
        }

        var page = await documents.ListAsync(Asset.Documents, id, new DocumentQuery(Descending: true, Limit: paging.Limit, Continuation: paging.Continuation), cancellation);
        return ApiJson.Ok(new PageOf<AssetView>([.. page.Items.Select(asset => AssetView.Of(asset.Document))], Paging.Cursor(page.Continuation)));
    }

    [Function("GetAsset")]
    [ProjectMember(ProjectResource.Asset, "id")]
    public async Task<IResult> Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "assets/{id}")] HttpRequest request, string id, CancellationToken cancellation) =>
        await documents.GetAsync(Asset.Documents, request.ProjectId(), id, cancellation) is { } asset
            ? ApiJson.Ok(request.HttpContext.Response, AssetView.Of(asset.Document), asset.ETag)
            : Problem.Of(ErrorCatalogue.NotFound);
}
