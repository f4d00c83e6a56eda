using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Logging;
using Portico.Blobs;
using Portico.Documents;

namespace Portico.Operations;

/// <summary>
/// Keeps <see cref="BlobTries"/> around every blob-triggered function. A Functions host has a list of its own of what it
/// gave up on, each in another place; this one reads the same everywhere. It never stands in the way of the work: a try
/// that can't be counted runs uncounted.
/// </summary>
public sealed class CountBlobTries(IDocumentStore documents, IBlobStore blobs, TriggerLimits limits, TimeProvider clock, ILogger<CountBlobTries> logger) : IFunctionsWorkerMiddleware
{
    /// <summary>Whether a blob started this invocation.</summary>
    public static bool Concerns(FunctionContext context) =>
        context.FunctionDefinition.InputBindings.Values.Any(binding => string.Equals(binding.Type, "blobTrigger", StringComparison.OrdinalIgnoreCase));

    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        // Both hosts name the blob so: container/path.
        var blob = context.BindingContext.BindingData.TryGetValue("BlobTrigger", out var named) ? named?.ToString()?.Trim('"') : null;
        if (blob is null || !blob.Contains('/'))
        {
            await next(context);
            return;
        }

        var began = await UnlessItFails(() => BeginAsync(context.FunctionDefinition.Name, blob, context.CancellationToken));
        try
        {
            await next(context);
        }
        catch (Exception failure)
        {
            if (began is not null)
            {
                // A try that the host itself cut short says nothing about the blob.
                var tells = !context.CancellationToken.IsCancellationRequested;
                await UnlessItFails(() => EndAsync(began, tells ? failure : null));
            }

            throw;
        }

        if (began is not null)
        {
            // Only as it was written: another version may be tried by now.
            await UnlessItFails(async () => await documents.DeleteAsync(BlobTries.Documents, BlobTries.BlobTrigger, began.Document.Id, began.ETag, CancellationToken.None) is WriteOutcome.Written ? began : null);
        }
    }

    private async Task<Stored<BlobTries>?> BeginAsync(string function, string blob, CancellationToken cancellation)
    {
        var version = (await blobs.FindAsync(BlobName.Parse(blob), cancellation))?.ETag ?? "";
        var id = BlobTries.IdOf(function, blob);
        while (true)
        {
            var now = clock.GetUtcNow();
            var before = await documents.GetAsync(BlobTries.Documents, BlobTries.BlobTrigger, id, cancellation);
            var sameVersion = before?.Document.ETag == version;
            var count = sameVersion ? before!.Document.Count + 1 : 1;
            var tries = new BlobTries
            {
                Id = id,
                Function = function,
                Blob = blob,
                ETag = version,
                Count = count,
                IsLast = count >= limits.PoisonBlobThreshold,
                Failure = sameVersion ? before!.Document.Failure : null,
                FirstBeganAt = sameVersion ? before!.Document.FirstBeganAt : now,
                LastBeganAt = now,
            };
            var written = before is null
                ? await documents.CreateAsync(BlobTries.Documents, tries, cancellation)
                : await documents.ReplaceAsync(BlobTries.Documents, tries, before.ETag, cancellation);
            if (written.Outcome == WriteOutcome.Written)
            {
                return written.Stored;
            }
        }
    }

    private async Task<Stored<BlobTries>?> EndAsync(Stored<BlobTries> began, Exception? failure)
    {
        var tries = began.Document;
        tries = failure is null
            ? tries with { Count = tries.Count - 1, IsLast = false, LastEndedAt = clock.GetUtcNow() }
            : tries with { Failure = new TryFailure(failure.GetType().ToString(), Redaction.Text(failure.Message, maxLength: 2000)), LastEndedAt = clock.GetUtcNow() };
        return (await documents.ReplaceAsync(BlobTries.Documents, tries, began.ETag, CancellationToken.None)).Stored;
    }

    private async Task<Stored<BlobTries>?> UnlessItFails(Func<Task<Stored<BlobTries>?>> bookkeeping)
    {
        try
        {
            return await bookkeeping();
        }
        catch (Exception failure)
        {
            logger.LogWarning(failure, "A blob's try could not be counted");
            return null;
        }
    }
}
