using Portico.Documents;

namespace App.Tests.Documents;

/// <summary>The store, with somebody else's work done just after the n-th operation of a kind: races, made to happen.</summary>
public sealed class InterposedDocuments(IDocumentStore store, string operation, int after, Func<Task> meanwhile) : IDocumentStore
{
    private int _seen;

    public Task<Stored<T>?> GetAsync<T>(DocumentType<T> type, string partitionKey, string id, CancellationToken cancellation)
        where T : class, IDocument => ThenAsync($"get {type.Type}", store.GetAsync(type, partitionKey, id, cancellation));

    public Task<WriteResult<T>> CreateAsync<T>(DocumentType<T> type, T document, CancellationToken cancellation)
        where T : class, IDocument => ThenAsync($"create {type.Type}", store.CreateAsync(type, document, cancellation));

    public Task<WriteResult<T>> ReplaceAsync<T>(DocumentType<T> type, T document, string? ifMatch, CancellationToken cancellation)
        where T : class, IDocument => ThenAsync($"replace {type.Type}", store.ReplaceAsync(type, document, ifMatch, cancellation));

    public Task<Stored<T>> UpsertAsync<T>(DocumentType<T> type, T document, CancellationToken cancellation)
        where T : class, IDocument => ThenAsync($"upsert {type.Type}", store.UpsertAsync(type, document, cancellation));

    public Task<WriteResult<T>> PatchAsync<T>(DocumentType<T> type, string partitionKey, string id, DocumentPatch patch, string? ifMatch, CancellationToken cancellation)
        where T : class, IDocument => ThenAsync($"patch {type.Type}", store.PatchAsync(type, partitionKey, id, patch, ifMatch, cancellation));

    public Task<WriteOutcome> DeleteAsync<T>(DocumentType<T> type, string partitionKey, string id, string? ifMatch, CancellationToken cancellation)
        where T : class, IDocument => ThenAsync($"delete {type.Type}", store.DeleteAsync(type, partitionKey, id, ifMatch, cancellation));

    public Task<DocumentPage<T>> ListAsync<T>(DocumentType<T> type, string partitionKey, DocumentQuery query, CancellationToken cancellation)
        where T : class, IDocument => ThenAsync($"list {type.Type}", store.ListAsync(type, partitionKey, query, cancellation));

    public Task<BatchResult> BatchAsync(DocumentBatch batch, CancellationToken cancellation) => ThenAsync($"batch {batch.Container}", store.BatchAsync(batch, cancellation));

    private async Task<TResult> ThenAsync<TResult>(string name, Task<TResult> work)
    {
        var result = await work;
        if (name == operation && Interlocked.Increment(ref _seen) == after)
        {
            await meanwhile();
        }

        return result;
    }
}
