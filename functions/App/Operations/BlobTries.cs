using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using Portico.Documents;

namespace Portico.Operations;

/// <summary>
/// A blob-triggered function's tries at one version of one blob. Written when a try begins, so that a blob which ends the
/// process counts too; deleted when the function returns. What stays is at work, waiting for its next try, or poisoned.
/// </summary>
public sealed record BlobTries : IDocument
{
    public const string IdPrefix = "blb";
    public const string BlobTrigger = "blob";
    public static readonly DocumentType<BlobTries> Documents = new("tries", "/trigger", "blobTries") { OrderedBy = ["lastBeganAt"] };

    public required string Id { get; init; }

    /// <summary>All in one partition: there are as many as blobs in flight or in trouble.</summary>
    public string Trigger { get; init; } = BlobTrigger;

    [JsonIgnore]
    public string PartitionKey => Trigger;

    public required string Function { get; init; }

    /// <summary><c>container/path</c>.</summary>
    public required string Blob { get; init; }

    /// <summary>The version that the tries are at; "" when the blob was gone as the last one began.</summary>
    public required string ETag { get; init; }

    /// <summary>Tries begun.</summary>
    public required int Count { get; init; }

    /// <summary>The host tries no more, or this is its last try.</summary>
    public required bool IsLast { get; init; }

    /// <summary>What the last try that ended threw, secrets taken out; null when none has ended.</summary>
    public TryFailure? Failure { get; init; }

    public required DateTimeOffset FirstBeganAt { get; init; }
    public required DateTimeOffset LastBeganAt { get; init; }

    /// <summary>Null while a try runs, and for ever when it ended with its process.</summary>
    public DateTimeOffset? LastEndedAt { get; init; }

    /// <summary>The id of a function's tries at a blob, whatever its version.</summary>
    public static string IdOf(string function, string blob) =>
        $"{IdPrefix}_{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{function}\n{blob}")).AsSpan(0, 16))}";
}

/// <param name="Type">The exception's type.</param>
public sealed record TryFailure(string Type, string Message);
