using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using Portico.Blobs;
using Portico.Documents;
using Portico.Http;

namespace Portico.Operations;

/// <summary>
/// <c>POST /operations/blobs/{id}/retry</c>: gives a poisoned blob a new version of the same bytes, so that the host, whichever
/// it is, starts the function for it anew, with all its tries. The function is idempotent by the blob, as it must be
/// anyway; a second request finds the blob at work, or well.
/// </summary>
public sealed class RetryBlob(IDocumentStore documents, IBlobStore blobs, TriggerLimits limits, TimeProvider clock, ILogger<RetryBlob> logger)
{
    [Function(nameof(RetryBlob))]
    [Administrator]
    public async Task<IResult> Run([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "operations/blobs/{id}/retry")] HttpRequest request, string id, CancellationToken cancellation)
    {
        if (await documents.GetAsync(BlobTries.Documents, BlobTries.BlobTrigger, id, cancellation) is not { } stored)
        {
            return Problem.Of(ErrorCatalogue.NotFound);
        }

        var tries = stored.Document;
        var state = BlobTriesView.Of(tries, limits, clock.GetUtcNow()).State;
        if (state != BlobTriesState.Poisoned)
        {
            return Problem.Of(ErrorCatalogue.NotFailed, state == BlobTriesState.LastTry ? "Its last try has not ended yet." : "The host is still trying by itself.");
        }

        var version = await blobs.RenewAsync(BlobName.Parse(tries.Blob), cancellation);
        if (version is null)
        {
            await documents.DeleteAsync(BlobTries.Documents, BlobTries.BlobTrigger, id, stored.ETag, cancellation);
            return Problem.Of(ErrorCatalogue.SourceGone, "The blob was deleted; its entry is gone with it.");
        }

        // The trigger may be quicker than this and have counted already, or be done: then its word stands.
        var renewed = tries with { ETag = version, IsLast = false, Count = 0 };
        await documents.ReplaceAsync(BlobTries.Documents, renewed, stored.ETag, cancellation);
        logger.LogInformation("Administrator {AccountId} retried {Function} on {Blob}", request.Caller().AccountId, tries.Function, tries.Blob);
        return Results.Json(BlobTriesView.Of(renewed, limits, clock.GetUtcNow()), ApiJson.Options, statusCode: StatusCodes.Status202Accepted);
    }
}
