using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Portico.Documents;

namespace HostBenchmark;

/// <summary>What stands where in somebody's room; with twelve objects about 1 KB of JSON.</summary>
public sealed record Session(string Id, string Owner, string Name, DateTimeOffset SavedAt, IReadOnlyList<PlacedObject> Objects) : IDocument
{
    public static readonly DocumentType<Session> Documents = new("sessions", "/owner", "session");

    [JsonIgnore]
    public string PartitionKey => Owner;
}

/// <summary>Metres, and degrees about the vertical.</summary>
public sealed record PlacedObject(string Model, double X, double Y, double Z, double Yaw);

/// <summary><c>PUT /sessions/{id}</c>: durable when it is answered.</summary>
public sealed class SaveSession(IDocumentStore documents)
{
    private sealed record Saved(string Id, string ETag);

    [Function(nameof(SaveSession))]
    public async Task<IResult> Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "sessions/{id}")] HttpRequest request,
        string id,
        [Microsoft.Azure.Functions.Worker.Http.FromBody] Session session,
        CancellationToken cancellation)
    {
        var stored = await documents.UpsertAsync(Session.Documents, session with { Id = id }, cancellation);
        return Results.Json(new Saved(id, stored.ETag));
    }
}
