using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Portico.Http;

namespace Portico.Projects;

/// <summary><c>GET /projects</c> and <c>GET /projects/{id}</c></summary>
public sealed class GetProjects(ProjectStore projects)
{
    [Function("ListProjects")]
    [SignedIn]
    public async Task<IResult> List([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "projects")] HttpRequest request, CancellationToken cancellation)
    {
        if (!Paging.TryRead(request, out var paging, out var problem))
        {
            return problem;
        }

        var (items, continuation) = await projects.ListAsync(request.Caller().AccountId, paging.Limit, paging.Continuation, cancellation);
        return ApiJson.Ok(new PageOf<ProjectView>([.. items.Select(ProjectView.Of)], Paging.Cursor(continuation)));
    }

    [Function("GetProject")]
    [ProjectMember(ProjectResource.Project, "id")]
    public async Task<IResult> Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "projects/{id}")] HttpRequest request, string id, CancellationToken cancellation) =>
        await projects.FindAsync(id, cancellation) is { } project
            ? ApiJson.Ok(request.HttpContext.Response, ProjectView.Of(project.Document), project.ETag)
            : Problem.Of(ErrorCatalogue.NotFound);
}
