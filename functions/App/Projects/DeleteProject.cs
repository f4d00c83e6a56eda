using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Portico.Assets;
using Portico.Documents;
using Portico.Http;

namespace Portico.Projects;

/// <summary>
/// <c>DELETE /projects/{id}</c>: the project is gone for its members at once; what it holds is erased by an orchestration
/// that survives restarts.
/// </summary>
public sealed class DeleteProject(ProjectStore projects, IDocumentStore documents)
{
    [Function(nameof(DeleteProject))]
    [ProjectMember(ProjectResource.Project, "id")]
    public async Task<IResult> Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "projects/{id}")] HttpRequest request,
        string id,
        [DurableClient] DurableTaskClient orchestrations,
        CancellationToken cancellation)
    {
        if (await projects.FindAsync(id, cancellation) is not { } project)
        {
            return Problem.Of(ErrorCatalogue.NotFound);
        }

        if (!Preconditions.TryReadIfMatch(request, project.ETag, out _, out var problem))
        {
            return problem;
        }

        var instanceId = $"erase-{id}";
        await orchestrations.StartUnlessOpenAsync(nameof(EraseProject), instanceId, new ProjectToErase(id, project.Document.OwnerId), cancellation);
        await documents.DeleteAsync(Membership.Documents, project.Document.OwnerId, id, ifMatch: null, cancellation);
        return Results.NoContent();
    }
}
