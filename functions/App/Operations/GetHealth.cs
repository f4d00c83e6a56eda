using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using Portico.Blobs;
using Portico.Documents;
using Portico.Http;
using Portico.Projects;
using Portico.Realtime;

namespace Portico.Operations;

/// <summary><c>GET /health</c>: whether what we stand on answers. 503 when something does not; it says which, never why.</summary>
public sealed class GetHealth(IDocumentStore documents, IBlobStore blobs, HubMessages hub, ILogger<GetHealth> logger)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private sealed record Dependency(string Status, long Milliseconds);

    private sealed record Response(string Status, IReadOnlyDictionary<string, Dependency> Dependencies);

    [Function(nameof(GetHealth))]
    [Public("Load balancers and monitors ask without an account.")]
    public async Task<IResult> Run([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "health")] HttpRequest request, CancellationToken cancellation)
    {
        var checks = new Dictionary<string, Func<CancellationToken, Task<bool>>>
        {
            ["documents"] = async token => await documents.GetAsync(Project.Documents, "health", "health", token) is null,
            ["blobs"] = async token => await blobs.FindAsync(new BlobName(BlobName.Private, "health"), token) is null,
            ["realtime"] = hub.IsHealthyAsync,
        };
        var results = await Task.WhenAll(checks.Select(async check => (check.Key, Value: await CheckAsync(check.Key, check.Value, cancellation))));
        var isHealthy = results.All(result => result.Value.Status == "ok");
        request.HttpContext.Response.Headers.CacheControl = "no-store";
        return Results.Json(
            new Response(isHealthy ? "ok" : "unavailable", results.ToDictionary(result => result.Key, result => result.Value)),
            ApiJson.Options,
            statusCode: isHealthy ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }

    private async Task<Dependency> CheckAsync(string name, Func<CancellationToken, Task<bool>> check, CancellationToken cancellation)
    {
        var began = Stopwatch.GetTimestamp();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Patience);
        var isWell = false;
        try
        {
            isWell = await check(limit.Token);
        }
        catch (Exception failure) when (!cancellation.IsCancellationRequested)
        {
            logger.LogWarning(failure, "{Dependency} is not well", name);
        }

        return new Dependency(isWell ? "ok" : "unavailable", (long)Stopwatch.GetElapsedTime(began).TotalMilliseconds);
    }
}
