using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Portico.Http;

namespace Portico.Links;

/// <summary>
/// <c>POST /projects/{id}/links</c>: a short code for pictures and what plays on them. Its manifest is public before the
/// code is told.
/// </summary>
public sealed class CreateLink(LinkStore links, ManifestPublisher manifests, IdempotencyKeys keys, PublicOrigin origin, TimeProvider clock)
{
    // With 6.6 × 10¹¹ codes, two collisions in a row mean that something else is wrong.
    private const int MaxTries = 3;

    [Function(nameof(CreateLink))]
    [ProjectMember(ProjectResource.Project, "id")]
    public async Task<IResult> Run([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "projects/{id}/links")] HttpRequest request, string id, CancellationToken cancellation)
    {
        if (!(await JsonBody.ReadAsync<LinkEdit>(request, cancellation)).TryGet(out var body, out var problem)
            || !body.TryCheck(out var title, out var targets, out problem))
        {
            return problem;
        }

        var prepared = await manifests.PrepareEditAsync(id, targets, shown: [], cancellation);
        if (prepared.Targets is null)
        {
            return LinkEdit.ProblemOf(prepared);
        }

        if (!(await keys.ResolveAsync(request, $"{nameof(CreateLink)} {id}", body, LinkCode.New(), cancellation)).TryGet(out var code, out problem))
        {
            return problem;
        }

        var now = clock.GetUtcNow();
        for (var i = 0; i < MaxTries; i++, code = LinkCode.New())
        {
            var link = new Link { Id = code, ProjectId = id, Title = title, Targets = targets, CreatedAt = now, UpdatedAt = now };
            if (await links.TryCreateAsync(link, cancellation) is { } stored)
            {
                // Whoever deleted an asset since looked for links before this one was there to see.
                if (await manifests.PrepareAsync(id, targets, CancellationToken.None) is { Field: not null } gone)
                {
                    await links.DeleteAsync(stored.Document, ifMatch: null, CancellationToken.None);
                    return LinkEdit.ProblemOf(gone);
                }

                // The link is written: a caller who leaves now must not leave it without its manifest.
                await manifests.PublishAsync(code, CancellationToken.None);
                return ApiJson.Created(request.HttpContext.Response, $"/api/v1/links/{code}", LinkView.Of(stored.Document, origin.For(request)), stored.ETag);
            }
        }

        throw new InvalidOperationException("No free code was found.");
    }
}
