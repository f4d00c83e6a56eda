using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Portico.Documents;
using Portico.Http;

namespace Portico.Operations;

/// <summary>A function's tries at a blob as an operator sees them.</summary>
/// <param name="Blob"><c>container/path</c>.</param>
/// <param name="Tries">Begun, of <paramref name="MaxTries"/>.</param>
/// <param name="Failure">Of the last try that ended; absent when every try ended with its process.</param>
public sealed record BlobTriesView(
    string Id, string Function, string Blob, string Version, BlobTriesState State, int Tries, int MaxTries,
    DateTimeOffset FirstBeganAt, DateTimeOffset LastBeganAt, DateTimeOffset? LastEndedAt, TryFailure? Failure)
{
    public static BlobTriesView Of(BlobTries tries, TriggerLimits limits, DateTimeOffset now) => new(
        tries.Id, tries.Function, tries.Blob, tries.ETag, StateOf(tries, limits, now), tries.Count, limits.PoisonBlobThreshold,
        tries.FirstBeganAt, tries.LastBeganAt, tries.LastEndedAt, tries.Failure);

    private static BlobTriesState StateOf(BlobTries tries, TriggerLimits limits, DateTimeOffset now) =>
        !tries.IsLast ? BlobTriesState.Retrying
        : tries.LastEndedAt is null && now - tries.LastBeganAt < limits.FunctionTimeout ? BlobTriesState.LastTry
        : BlobTriesState.Poisoned;
}

[JsonConverter(typeof(JsonStringEnumConverter<BlobTriesState>))]
public enum BlobTriesState
{
    /// <summary>At work, or to be tried again by the host.</summary>
    [JsonStringEnumMemberName("retrying")]
    Retrying,

    /// <summary>The last try has begun and nobody has seen its end yet.</summary>
    [JsonStringEnumMemberName("lastTry")]
    LastTry,

    /// <summary>Given up.</summary>
    [JsonStringEnumMemberName("poisoned")]
    Poisoned,
}

/// <summary>
/// <c>GET /operations/blobs?state=poisoned&amp;limit&amp;cursor</c> and <c>GET /operations/blobs/{id}</c>: blobs whose function
/// failed, the latest first. <c>poisoned</c> (the default) includes last tries; <c>retrying</c> is what the host still
/// tries by itself.
/// </summary>
public sealed class GetBlobTries(IDocumentStore documents, TriggerLimits limits, TimeProvider clock)
{
    [Function("ListBlobTries")]
    [Administrator]
    public async Task<IResult> ListAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "operations/blobs")] HttpRequest request, CancellationToken cancellation)
    {
        if (!Paging.TryRead(request, out var paging, out var problem))
        {
            return problem;
        }

        var state = request.Query["state"].ToString();
        if (state is not ("" or "poisoned" or "retrying"))
        {
            return Problem.Field("state", "Must be poisoned or retrying.");
        }

        var page = await documents.ListAsync(
            BlobTries.Documents,
            BlobTries.BlobTrigger,
            new DocumentQuery(new Dictionary<string, object> { ["isLast"] = state != "retrying" }, OrderBy: "lastBeganAt", Descending: true, Limit: paging.Limit, Continuation: paging.Continuation),
            cancellation);
        var now = clock.GetUtcNow();
        return ApiJson.Ok(new PageOf<BlobTriesView>([.. page.Items.Select(item => BlobTriesView.Of(item.Document, limits, now))], Paging.Cursor(page.Continuation)));
    }

    [Function("GetBlobTries")]
    [Administrator]
    public async Task<IResult> GetAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "operations/blobs/{id}")] HttpRequest request, string id, CancellationToken cancellation) =>
        await documents.GetAsync(BlobTries.Documents, BlobTries.BlobTrigger, id, cancellation) is { } stored
            ? ApiJson.Ok(BlobTriesView.Of(stored.Document, limits, clock.GetUtcNow()))
            : Problem.Of(ErrorCatalogue.NotFound);
}
