using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Portico.Documents;
using Portico.Http;

namespace Portico.Links;

/// <summary><c>DELETE /links/{code}</c>: the code stops working once the CDN's copy of the manifest has aged.</summary>
public sealed class DeleteLink(LinkStore links)
{
    [Function(nameof(DeleteLink))]
    [ProjectMember(ProjectResource.Link, "code")]
    public async Task<IResult> Run([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "links/{code}")] HttpRequest request, string code, CancellationToken cancellation)
    {
        if (await links.FindEvenDeletedAsync(code, cancellation) is not { } link)
        {
            return Problem.Of(ErrorCatalogue.NotFound);
        }

        // A deletion that was cut short is past its precondition: it only has to come to its end.
        string? ifMatch = null;
        if (!link.Document.IsBeingDeleted && !Preconditions.TryReadIfMatch(request, link.ETag, out ifMatch, out var problem))
        {
            return problem;
        }

        return await links.DeleteAsync(link.Document, ifMatch, cancellation) == WriteOutcome.Conflict
            ? Problem.Of(ErrorCatalogue.PreconditionFailed)
            : Results.NoContent();
    }
}
