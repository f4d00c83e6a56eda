using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Portico.Documents;

namespace Portico.Http;

/// <summary>Remembers which resource an <c>Idempotency-Key</c> stands for, before it is created.</summary>
/// <param name="BodyHash">Of the request that used the key first.</param>
public sealed record IdempotentCreate(string Id, string ResourceId, string BodyHash, DateTimeOffset ReservedAt) : IDocument
{
    public static readonly DocumentType<IdempotentCreate> Documents = new("reservations", "/id", "idempotentCreate");

    [JsonIgnore]
    public string PartitionKey => Id;
}

/// <summary>
/// <c>Idempotency-Key</c> on creates. The key reserves the id that the resource will have, so whoever repeats the
/// request, after a lost answer or a crash half-way, creates or finds the very same resource.
/// </summary>
public sealed class IdempotencyKeys(IDocumentStore documents, TimeProvider clock)
{
    private const int MaxLength = 128;

    /// <summary>The id to create the resource under: <paramref name="freshId"/>, or the one that the key stands for.</summary>
    /// <param name="scope">What the key is unique within: the route's name.</param>
    /// <param name="body">The bound request; a key means one thing only.</param>
    public async Task<IdempotencyResult> ResolveAsync<T>(HttpRequest request, string scope, T body, string freshId, CancellationToken cancellation)
    {
        var key = request.Headers["Idempotency-Key"].ToString();
        if (key.Length == 0)
        {
            return new(freshId, null);
        }

        if (key.Length > MaxLength || key.Any(letter => letter is < '!' or > '~'))
        {
            return new(null, Problem.Of(ErrorCatalogue.InvalidIdempotencyKey));
        }

        var id = "idem_" + Hash($"{request.Caller().AccountId}\n{scope}\n{key}");
        var reservation = new IdempotentCreate(id, freshId, Hash(JsonSerializer.Serialize(body, ApiJson.Options)), clock.GetUtcNow());
        var reserved = await documents.CreateAsync(IdempotentCreate.Documents, reservation, cancellation);
        if (reserved.Outcome == WriteOutcome.Written)
        {
            return new(freshId, null);
        }

        var first = await documents.GetAsync(IdempotentCreate.Documents, id, id, cancellation)
            ?? throw new InvalidOperationException("An idempotency reservation vanished.");
        return first.Document.BodyHash == reservation.BodyHash
            ? new(first.Document.ResourceId, null)
            : new(null, Problem.Of(ErrorCatalogue.IdempotencyKeyReused));
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}

/// <summary>The id to use, or why the key can't be.</summary>
public sealed record IdempotencyResult(string? Id, IResult? Problem)
{
    public bool TryGet([NotNullWhen(true)] out string? id, [NotNullWhen(false)] out IResult? problem)
    {
        id = Id;
        problem = Problem;
        return id is not null;
    }
}
