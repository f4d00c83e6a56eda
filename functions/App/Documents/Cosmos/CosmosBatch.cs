using System.Net;
using System.Text.Json;
using Microsoft.Azure.Cosmos;

namespace Portico.Documents.Cosmos;

/// <summary>One transactional batch: all of it or nothing, and which operation was in the way.</summary>
internal sealed class CosmosBatch(CosmosCall calls, Container container, bool isShared, DocumentBatch batch)
{
    /// <summary>An ETag that no document ever has.</summary>
    private const string NoVersion = "none";

    private readonly List<(BatchOperation Operation, string Json)> _prepared = DocumentShape.Serialize(batch);
    private readonly PartitionKey _partition = new(batch.PartitionKey);

    /// <summary>
    /// What an operation that is not conditional was found to stand on: a version, or none because the document was
    /// absent or of another type.
    /// </summary>
    private sealed record Found(string Version, bool IsOtherType);

    public async Task<BatchResult> ExecuteAsync(CancellationToken cancellation)
    {
        foreach (var operation in batch.Operations.Where(o => o.Patch is not null))
        {
            PatchShape.Check(operation.Patch!, operation.ClrType);
        }

        // No document can have such an id: told apart here, since the SDK would put it into an address.
        var impossible = _prepared.FindIndex(p => !DocumentShape.CanExist(batch.PartitionKey, p.Operation.Id));
        if (_prepared.Count == 0 || impossible >= 0)
        {
            cancellation.ThrowIfCancellationRequested();
            return impossible < 0 ? new BatchResult(WriteOutcome.Written) : new BatchResult(WriteOutcome.Absent, impossible);
        }

        while (true)
        {
            var found = await FindAsync(cancellation).ConfigureAwait(false);
            using var response = await calls.SendAsync(batch.Container, limited => Compose(found).ExecuteAsync(limited), cancellation).ConfigureAwait(false);
            if (response.IsSuccessStatusCode)
            {
                return new BatchResult(WriteOutcome.Written);
            }

            var index = Enumerable.Range(0, response.Count).First(i => response[i].StatusCode != HttpStatusCode.FailedDependency);
            if (await OutcomeAsync(index, response[index].StatusCode, found[index], response, cancellation).ConfigureAwait(false) is { } outcome)
            {
                return new BatchResult(outcome, index);
            }
        }
    }

    private static bool IsGuarded(BatchOperation operation) => operation is { IfMatch: null, Kind: BatchKind.Replace or BatchKind.Delete };

    /// <summary>What came of the operation that was in the way; null when the batch is to be tried again, since a document moved on after it was read.</summary>
    private async Task<WriteOutcome?> OutcomeAsync(int index, HttpStatusCode status, Found? found, TransactionalBatchResponse response, CancellationToken cancellation)
    {
        var operation = batch.Operations[index];
        return status switch
        {
            HttpStatusCode.NotFound => WriteOutcome.Absent,
            HttpStatusCode.Conflict => WriteOutcome.Conflict,
            HttpStatusCode.PreconditionFailed when found is not null => found.IsOtherType ? WriteOutcome.Absent : null,
            HttpStatusCode.PreconditionFailed when !isShared => WriteOutcome.Conflict,
            // Without a version to differ, only the type can have been refused.
            HttpStatusCode.PreconditionFailed when operation.IfMatch is null => WriteOutcome.Absent,
            HttpStatusCode.PreconditionFailed => (await FindAsync(operation, cancellation).ConfigureAwait(false)).Version == NoVersion ? WriteOutcome.Absent : WriteOutcome.Conflict,
            _ => throw CosmosCall.Failure("execute_batch", batch.Container, status, response.Headers, $"operation {index} ({operation.Kind}): {response.ErrorMessage}"),
        };
    }

    /// <summary>
    /// Replaces and deletes can't be conditional on a type, so where types share a container, those without a version are
    /// given the one that is there. Not those on what the batch itself writes first: that has the type.
    /// </summary>
    private async Task<Found?[]> FindAsync(CancellationToken cancellation)
    {
        var found = new Found?[batch.Operations.Count];
        if (!isShared)
        {
            return found;
        }

        var touched = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < found.Length; i++)
        {
            var operation = batch.Operations[i];
            if (touched.Add(operation.Id) && IsGuarded(operation))
            {
                found[i] = await FindAsync(operation, cancellation).ConfigureAwait(false);
            }
        }

        return found;
    }

    private async Task<Found> FindAsync(BatchOperation operation, CancellationToken cancellation)
    {
        using var response = await calls.SendAsync("read_item", batch.Container, limited => container.ReadItemStreamAsync(operation.Id, _partition, null, limited), cancellation).ConfigureAwait(false);
        if (!response.IsSuccessStatusCode)
        {
            return new Found(NoVersion, IsOtherType: false);
        }

        using var json = await JsonDocument.ParseAsync(response.Content, cancellationToken: cancellation).ConfigureAwait(false);
        return json.RootElement.TryGetProperty("type", out var type) && type.ValueEquals(operation.Type)
            ? new Found(CosmosDocument.Plain(response.Headers.ETag), IsOtherType: false)
            : new Found(NoVersion, IsOtherType: true);
    }

    private TransactionalBatch Compose(Found?[] found)
    {
        var composed = container.CreateTransactionalBatch(_partition);
        for (var i = 0; i < _prepared.Count; i++)
        {
            var (operation, json) = _prepared[i];
            var options = new TransactionalBatchItemRequestOptions
            {
                IfMatchEtag = CosmosDocument.Quoted(operation.IfMatch ?? found[i]?.Version),
                EnableContentResponseOnWrite = false,
            };
            composed = operation.Kind switch
            {
                BatchKind.Create => composed.CreateItemStream(CosmosDocument.Body(operation.Type, json), options),
                BatchKind.Replace => composed.ReplaceItemStream(operation.Id, CosmosDocument.Body(operation.Type, json), options),
                BatchKind.Upsert => composed.UpsertItemStream(CosmosDocument.Body(operation.Type, json), options),
                BatchKind.Patch => composed.PatchItem(operation.Id, CosmosPatch.Operations(operation.Patch!), new TransactionalBatchPatchItemRequestOptions
                {
                    IfMatchEtag = CosmosDocument.Quoted(operation.IfMatch),
                    FilterPredicate = isShared ? CosmosPatch.OfType(operation.Type) : null,
                    EnableContentResponseOnWrite = false,
                }),
                BatchKind.Delete => composed.DeleteItem(operation.Id, options),
                _ => throw new ArgumentOutOfRangeException(nameof(found), operation.Kind, null),
            };
        }

        return composed;
    }
}
