namespace Portico.Documents;

/// <summary>
/// Typed documents by partition and id. Two implementations keep the same promises: SQLite and Cosmos DB.
/// A write that returned has reached durable storage. Absence and conflict are results; exceptions mean
/// that the store itself failed.
/// </summary>
public interface IDocumentStore
{
    /// <summary>A point read; null when absent.</summary>
    Task<Stored<T>?> GetAsync<T>(DocumentType<T> type, string partitionKey, string id, CancellationToken cancellation)
        where T : class, IDocument;

    /// <summary>Creates; <see cref="WriteOutcome.Conflict"/> when the id is taken in its partition.</summary>
    Task<WriteResult<T>> CreateAsync<T>(DocumentType<T> type, T document, CancellationToken cancellation)
        where T : class, IDocument;

    /// <summary>Replaces whole. With <paramref name="ifMatch"/>, <see cref="WriteOutcome.Conflict"/> when the version differs.</summary>
    Task<WriteResult<T>> ReplaceAsync<T>(DocumentType<T> type, T document, string? ifMatch, CancellationToken cancellation)
        where T : class, IDocument;

    /// <summary>Creates or replaces, whatever was there.</summary>
    Task<Stored<T>> UpsertAsync<T>(DocumentType<T> type, T document, CancellationToken cancellation)
        where T : class, IDocument;

    /// <summary>
    /// Changes single properties atomically; others that are written at the same time survive.
    /// At most <see cref="DocumentPatch.MaxOperations"/> operations.
    /// </summary>
    Task<WriteResult<T>> PatchAsync<T>(DocumentType<T> type, string partitionKey, string id, DocumentPatch patch, string? ifMatch, CancellationToken cancellation)
        where T : class, IDocument;

    /// <summary>Deletes; <see cref="WriteOutcome.Absent"/> when there was nothing.</summary>
    Task<WriteOutcome> DeleteAsync<T>(DocumentType<T> type, string partitionKey, string id, string? ifMatch, CancellationToken cancellation)
        where T : class, IDocument;

    /// <summary>One page of a partition's documents of this type; those that lack the ordered property are left out.</summary>
    /// <exception cref="InvalidContinuationException">The continuation is not one that this query handed out.</exception>
    Task<DocumentPage<T>> ListAsync<T>(DocumentType<T> type, string partitionKey, DocumentQuery query, CancellationToken cancellation)
        where T : class, IDocument;

    /// <summary>
    /// Applies all operations or none, in one partition of one container (at most 100, as in Cosmos DB).
    /// </summary>
    Task<BatchResult> BatchAsync(DocumentBatch batch, CancellationToken cancellation);
}

/// <summary>What became of a write.</summary>
public enum WriteOutcome
{
    /// <summary>It is durable.</summary>
    Written,

    /// <summary>The document to change does not exist.</summary>
    Absent,

    /// <summary>The id is taken, or the document is at another version.</summary>
    Conflict,
}

/// <summary>A write's outcome, and what is stored when it was <see cref="WriteOutcome.Written"/>.</summary>
public sealed record WriteResult<T>(WriteOutcome Outcome, Stored<T>? Stored)
    where T : class, IDocument;

/// <summary>How to list a partition.</summary>
/// <param name="Equal">Property path (<c>status</c>, <c>owner.id</c>) → value it must equal: text, number, boolean, enum, time, or null, which an absent property equals too.</param>
/// <param name="OrderBy"><c>id</c> (creation order) or a property holding an RFC 3339 time or a string that the type declares (<see cref="DocumentType{T}.OrderedBy"/>).</param>
/// <param name="Descending">Newest first.</param>
/// <param name="Limit">1–1000.</param>
/// <param name="Continuation">From the page before; opaque.</param>
public sealed record DocumentQuery(
    IReadOnlyDictionary<string, object>? Equal = null,
    string OrderBy = "id",
    bool Descending = false,
    int Limit = 100,
    string? Continuation = null)
{
    /// <summary>The filters in an order of their own, so that one query has one text and one fingerprint.</summary>
    internal List<KeyValuePair<string, object>> Filters() => [.. (Equal ?? new Dictionary<string, object>()).OrderBy(f => f.Key, StringComparer.Ordinal)];
}

/// <summary>A page, and the token for the next one when there is one.</summary>
public sealed record DocumentPage<T>(IReadOnlyList<Stored<T>> Items, string? Continuation)
    where T : class, IDocument;
