using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Portico.Documents;
using Portico.Http;

namespace Portico.Links;

/// <summary><c>PUT</c> or <c>PATCH /links/{code}</c>: the printed code stays, what it shows changes.</summary>
public sealed class UpdateLink(LinkStore links, ManifestPublisher manifests, PublicOrigin origin, TimeProvider clock)
{
    [Function(nameof(UpdateLink))]
    [ProjectMember(ProjectResource.Link, "code")]
    public async Task<IResult> Run([HttpTrigger(AuthorizationLevel.Anonymous, "put", "patch", Route = "links/{code}")] HttpRequest request, string code, CancellationToken cancellation)
    {
        if (await links.FindAsync(code, cancellation) is not { } current)
        {
            return Problem.Of(ErrorCatalogue.NotFound);
        }

        if (!Preconditions.TryReadIfMatch(request, current.ETag, out var ifMatch, out var problem))
        {
            return problem;
        }

        var isPatch = HttpMethods.IsPatch(request.Method);
        var read = isPatch
            ? await JsonBody.ReadPatchAsync(request, LinkEdit.Of(current.Document), cancellation)
            : await JsonBody.ReadAsync<LinkEdit>(request, cancellation);
        if (!read.TryGet(out var body, out problem) || !body.TryCheck(out var title, out var targets, out problem))
        {
            return problem;
        }

        var prepared = await manifests.PrepareEditAsync(request.ProjectId(), targets, current.Document.Targets, cancellation);
        if (prepared.Targets is null)
        {
            return LinkEdit.ProblemOf(prepared);
        }

        // A PATCH holds what it read to: otherwise a field it did not name could fall back to an older value. A PUT
        // without If-Match goes over any edit, though not over a deletion.
        WriteResult<Link> written;
        while (true)
        {
            var link = current.Document with { Title = title, Targets = targets, UpdatedAt = clock.GetUtcNow() };
            written = await links.ReplaceAsync(link, current.ETag, cancellation);
            if (written.Outcome != WriteOutcome.Conflict || isPatch || ifMatch is not null)
            {
                break;
            }

            if (await links.FindAsync(code, cancellation) is not { } edited)
            {
                return Problem.Of(ErrorCatalogue.NotFound);
            }

            current = edited;
        }

        if (written.Stored is not { } stored)
        {
            return Problem.Of(written.Outcome == WriteOutcome.Absent ? ErrorCatalogue.NotFound : ifMatch is null ? ErrorCatalogue.Conflict : ErrorCatalogue.PreconditionFailed);
        }

        // Whoever deleted an asset since looked for links before this one showed it.
        if (await manifests.PrepareAsync(request.ProjectId(), targets, CancellationToken.None) is { Field: not null } gone)
        {
            await links.ReplaceAsync(current.Document, stored.ETag, CancellationToken.None);
            await manifests.PublishAsync(code, CancellationToken.None);
            return LinkEdit.ProblemOf(gone);
        }

        // The link is written: a caller who leaves now must not leave it with its old manifest.
        await manifests.PublishAsync(code, CancellationToken.None);
        return ApiJson.Ok(request.HttpContext.Response, LinkView.Of(stored.Document, origin.For(request)), stored.ETag);
    }
}
