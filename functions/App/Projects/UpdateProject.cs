using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Portico.Documents;
using Portico.Http;

namespace Portico.Projects;

/// <summary><c>PUT /projects/{id}</c> replaces what a member may write; <c>PATCH</c> changes the fields it names, and only those.</summary>
public sealed class UpdateProject(ProjectStore projects, IDocumentStore documents, TimeProvider clock)
{
    [Function(nameof(UpdateProject))]
    [ProjectMember(ProjectResource.Project, "id")]
    public async Task<IResult> Run([HttpTrigger(AuthorizationLevel.Anonymous, "put", "patch", Route = "projects/{id}")] HttpRequest request, string id, CancellationToken cancellation)
    {
        if (await projects.FindAsync(id, cancellation) is not { } current)
        {
            return Problem.Of(ErrorCatalogue.NotFound);
        }

        if (!Preconditions.TryReadIfMatch(request, current.ETag, out var ifMatch, out var problem))
        {
            return problem;
        }

        var before = new ProjectEdit(current.Document.Name, current.Document.Description);
        var read = HttpMethods.IsPatch(request.Method)
            ? await JsonBody.ReadPatchAsync(request, before, cancellation)
            : await JsonBody.ReadAsync<ProjectEdit>(request, cancellation);
        if (!read.TryGet(out var body, out problem))
        {
            return problem;
        }

        var errors = new FieldErrors();
        var edit = body.Checked(errors);
        if (errors.Any)
        {
            return errors.ToProblem();
        }

        // Field by field: somebody else's change to another field, made meanwhile, survives a PATCH.
        var isPut = HttpMethods.IsPut(request.Method);
        var patch = new DocumentPatch().Set("/updatedAt", clock.GetUtcNow());
        if (isPut || edit.Name != before.Name)
        {
            patch.Set("/name", edit.Name);
        }

        if (isPut || edit.Description != before.Description)
        {
            _ = edit.Description is null ? patch.Remove("/description") : patch.Set("/description", edit.Description);
        }

        var written = await documents.PatchAsync(Project.Documents, id, id, patch, ifMatch, cancellation);
        return written.Outcome switch
        {
            WriteOutcome.Written => ApiJson.Ok(request.HttpContext.Response, ProjectView.Of(written.Stored!.Document), written.Stored.ETag),
            WriteOutcome.Conflict => Problem.Of(ErrorCatalogue.PreconditionFailed),
            _ => Problem.Of(ErrorCatalogue.NotFound),
        };
    }
}
