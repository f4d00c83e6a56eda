using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Portico.Documents;
using Portico.Http;

namespace Portico.Projects;

/// <summary><c>POST /projects</c></summary>
public sealed class CreateProject(ProjectStore projects, IdempotencyKeys keys, TimeProvider clock)
{
    [Function(nameof(CreateProject))]
    [SignedIn]
    public async Task<IResult> Run([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "projects")] HttpRequest request, CancellationToken cancellation)
    {
        if (!(await JsonBody.ReadAsync<ProjectEdit>(request, cancellation)).TryGet(out var body, out var problem))
        {
            return problem;
        }

        var errors = new FieldErrors();
        var edit = body.Checked(errors);
        if (errors.Any)
        {
            return errors.ToProblem();
        }

        if (!(await keys.ResolveAsync(request, nameof(CreateProject), edit, DocumentId.New(Project.IdPrefix, clock), cancellation)).TryGet(out var id, out problem))
        {
            return problem;
        }

        var created = await projects.CreateAsync(id, edit, request.Caller().AccountId, cancellation);
        return ApiJson.Created(request.HttpContext.Response, $"/api/v1/projects/{id}", ProjectView.Of(created.Document), created.ETag);
    }
}
