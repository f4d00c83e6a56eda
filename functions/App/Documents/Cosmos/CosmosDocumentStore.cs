using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Azure.Core;
using Microsoft.Azure.Cosmos;

namespace Portico.Documents.Cosmos;

/// <summary>
/// Documents in Cosmos DB (NoSQL API): point operations, patches, transactional batches and queries within one
/// partition. The SDK repeats what is throttled or could not be sent; what it gives up on is a
/// <see cref="DocumentStoreUnavailableException"/>. Holds the process's one client and disposes of it.
/// </summary>
public sealed class CosmosDocumentStore : IDocumentStore, IDocumentMaintenance, IDisposable
{
    private const int ScanPage = 200;

    // Of patches alone the answer is what we don't know yet.
    private static readonly bool? WithContent = true;

    private readonly CosmosClient _client;
    private readonly CosmosCall _calls;
    private readonly Dictionary<string, (Container Container, bool IsShared)> _containers;

    /// <param name="settings">Which account.</param>
    /// <param name="containers">What is declared; nothing else is reachable.</param>
    /// <param name="http">See <see cref="CosmosSettings.Connect"/>.</param>
    /// <param name="credential">See <see cref="CosmosSettings.Connect"/>.</param>
    public CosmosDocumentStore(CosmosSettings settings, IReadOnlyList<DocumentContainer> containers, Func<HttpClient>? http = null, TokenCredential? credential = null)
    {
        _client = settings.Connect(http, credential);
        _calls = new CosmosCall(settings.Patience);
        var database = _client.GetDatabase(settings.Database);
        _containers = containers.ToDictionary(c => c.Name, c => (database.GetContainer(c.Name), c.Types.Count > 1), StringComparer.Ordinal);
        Containers = new CosmosContainers(_client, _calls, settings, containers);
    }

    /// <summary>Makes or checks the containers; called once, before anything else.</summary>
    public CosmosContainers Containers { get; }

    public async Task<Stored<T>?> GetAsync<T>(DocumentType<T> type, string partitionKey, string id, CancellationToken cancellation)
        where T : class, IDocument
    {
        DocumentShape.Check(type);
        if (!DocumentShape.CanExist(partitionKey, id))
        {
            return null;
        }

        var (container, _) = In(type.Container);
        using var response = await _calls.SendAsync("read_item", type.Container, limited => container.ReadItemStreamAsync(id, new PartitionKey(partitionKey), null, limited), cancellation).ConfigureAwait(false);
        return response.IsSuccessStatusCode ? await ReadAsync(type, response, cancellation).ConfigureAwait(false) : null;
    }

    public async Task<WriteResult<T>> CreateAsync<T>(DocumentType<T> type, T document, CancellationToken cancellation)
        where T : class, IDocument
    {
        var (container, body) = Prepare(type, document);
        using var response = await _calls.SendAsync("create_item", type.Container, limited => container.CreateItemStreamAsync(body, new PartitionKey(document.PartitionKey), null, limited), cancellation).ConfigureAwait(false);
        return response.IsSuccessStatusCode
            ? new WriteResult<T>(WriteOutcome.Written, new Stored<T>(document, CosmosDocument.Plain(response.Headers.ETag)))
            : new WriteResult<T>(WriteOutcome.Conflict, null);
    }

    public async Task<WriteResult<T>> ReplaceAsync<T>(DocumentType<T> type, T document, string? ifMatch, CancellationToken cancellation)
        where T : class, IDocument
    {
        var (container, body) = Prepare(type, document);
        var (outcome, etag) = await WriteOfTypeAsync(
            type,
            document.PartitionKey,
            document.Id,
            ifMatch,
            "replace_item",
            (options, limited) =>
            {
                body.Position = 0;
                return container.ReplaceItemStreamAsync(body, document.Id, new PartitionKey(document.PartitionKey), options, limited);
            },
            cancellation).ConfigureAwait(false);
        return new WriteResult<T>(outcome, outcome == WriteOutcome.Written ? new Stored<T>(document, etag!) : null);
    }

    public async Task<Stored<T>> UpsertAsync<T>(DocumentType<T> type, T document, CancellationToken cancellation)
        where T : class, IDocument
    {
        var (container, body) = Prepare(type, document);
        using var response = await _calls.SendAsync("upsert_item", type.Container, limited => container.UpsertItemStreamAsync(body, new PartitionKey(document.PartitionKey), null, limited), cancellation).ConfigureAwait(false);
        Demand(response, "upsert_item", type.Container);
        return new Stored<T>(document, CosmosDocument.Plain(response.Headers.ETag));
    }

    public async Task<WriteResult<T>> PatchAsync<T>(DocumentType<T> type, string partitionKey, string id, DocumentPatch patch, string? ifMatch, CancellationToken cancellation)
        where T : class, IDocument
    {
        DocumentShape.Check(type);
        DocumentShape.Check(patch, type.PartitionKeyPath);
        PatchShape.Check(patch, typeof(T));
        if (!DocumentShape.CanExist(partitionKey, id))
        {
            return new WriteResult<T>(WriteOutcome.Absent, null);
        }

        var (container, isShared) = In(type.Container);
        var options = new PatchItemRequestOptions
        {
            IfMatchEtag = CosmosDocument.Quoted(ifMatch),
            FilterPredicate = isShared ? CosmosPatch.OfType(type.Type) : null,
            EnableContentResponseOnWrite = WithContent,
        };
        using var response = await _calls.SendAsync("patch_item", type.Container, limited => container.PatchItemStreamAsync(id, new PartitionKey(partitionKey), CosmosPatch.Operations(patch), options, limited), cancellation).ConfigureAwait(false);
        if (response.IsSuccessStatusCode)
        {
            return new WriteResult<T>(WriteOutcome.Written, await ReadAsync(type, response, cancellation).ConfigureAwait(false));
        }

        var outcome = response.StatusCode == HttpStatusCode.NotFound
            ? WriteOutcome.Absent
            : await RefusalAsync(type, partitionKey, id, ifMatch, cancellation).ConfigureAwait(false);
        return new WriteResult<T>(outcome, null);
    }

    public async Task<WriteOutcome> DeleteAsync<T>(DocumentType<T> type, string partitionKey, string id, string? ifMatch, CancellationToken cancellation)
        where T : class, IDocument
    {
        DocumentShape.Check(type);
        if (!DocumentShape.CanExist(partitionKey, id))
        {
            return WriteOutcome.Absent;
        }

        var (container, _) = In(type.Container);
        var (outcome, _) = await WriteOfTypeAsync(
            type, partitionKey, id, ifMatch, "delete_item", (options, limited) => container.DeleteItemStreamAsync(id, new PartitionKey(partitionKey), options, limited), cancellation).ConfigureAwait(false);
        return outcome;
    }

    public async Task<DocumentPage<T>> ListAsync<T>(DocumentType<T> type, string partitionKey, DocumentQuery query, CancellationToken cancellation)
        where T : class, IDocument
    {
        DocumentShape.Check(type, query);
        var filters = query.Filters();
        var values = filters.Select(f => f.Value is null ? null : CosmosList.Comparable(f.Value));
        var fingerprint = ListPosition.Fingerprint(type.Container, partitionKey, type.Type, query, filters.Select(f => f.Key).Concat(values));
        var position = query.Continuation is null ? null : ListPosition.Parse(query.Continuation, fingerprint);
        var definition = CosmosList.Of(type.Type, query, filters, position);
        var options = new QueryRequestOptions
        {
            PartitionKey = new PartitionKey(partitionKey),
            MaxItemCount = query.Limit + 1,
            // Filters read the rows they pass: only what lists are ordered by is in the index.
            EnableScanInQuery = true,
        };

        var items = new List<Stored<T>>();
        ListPosition? last = null;
        await foreach (var item in QueryAsync(type.Container, definition, options, cancellation).ConfigureAwait(false))
        {
            if (items.Count == query.Limit)
            {
                return new DocumentPage<T>(items, last!.ToToken());
            }

            items.Add(CosmosDocument.As<T>(item, type.Type)!);
            if (items.Count == query.Limit)
            {
                last = new ListPosition(fingerprint, CosmosList.OrderedValue(item, query.OrderBy), items[^1].Document.Id);
            }
        }

        return new DocumentPage<T>(items, null);
    }

    public Task<BatchResult> BatchAsync(DocumentBatch batch, CancellationToken cancellation)
    {
        var (container, isShared) = In(batch.Container);
        return new CosmosBatch(_calls, container, isShared, batch).ExecuteAsync(cancellation);
    }

    public async IAsyncEnumerable<Stored<T>> AllAsync<T>(DocumentType<T> type, [EnumeratorCancellation] CancellationToken cancellation)
        where T : class, IDocument
    {
        DocumentShape.Check(type);
        // One physical partition at a time: a job may take long, and shall not take the requests' throughput.
        var options = new QueryRequestOptions { MaxItemCount = ScanPage, MaxConcurrency = 1, MaxBufferedItemCount = ScanPage };
        await foreach (var item in QueryAsync(type.Container, CosmosList.All(type.Type), options, cancellation).ConfigureAwait(false))
        {
            yield return CosmosDocument.As<T>(item, type.Type)!;
        }
    }

    public void Dispose() => _client.Dispose();

    private static async IAsyncEnumerable<JsonElement> PageAsync(ResponseMessage response, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var page = await JsonDocument.ParseAsync(response.Content, cancellationToken: cancellation).ConfigureAwait(false);
        foreach (var item in page.RootElement.GetProperty("Documents").EnumerateArray())
        {
            yield return item;
        }
    }

    private static async Task<Stored<T>?> ReadAsync<T>(DocumentType<T> type, ResponseMessage response, CancellationToken cancellation)
        where T : class, IDocument
    {
        using var json = await JsonDocument.ParseAsync(response.Content, cancellationToken: cancellation).ConfigureAwait(false);
        return CosmosDocument.As<T>(json.RootElement, type.Type);
    }

    private static void Demand(ResponseMessage response, string operation, string container)
    {
        if (!response.IsSuccessStatusCode)
        {
            throw CosmosCall.Failure(operation, container, response.StatusCode, response.Headers, response.ErrorMessage);
        }
    }

    private async IAsyncEnumerable<JsonElement> QueryAsync(string name, QueryDefinition definition, QueryRequestOptions options, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var pages = In(name).Container.GetItemQueryStreamIterator(definition, null, options);
        while (pages.HasMoreResults)
        {
            using var response = await _calls.SendAsync("query_items", name, pages.ReadNextAsync, cancellation).ConfigureAwait(false);
            Demand(response, "query_items", name);
            await foreach (var item in PageAsync(response, cancellation).ConfigureAwait(false))
            {
                yield return item;
            }
        }
    }

    /// <summary>
    /// A replace or delete that leaves documents of other types alone. Cosmos DB can't make either conditional on anything
    /// but the version. Where types share a container, an unconditional one therefore reads the version first, and
    /// again when it has moved on: every round that is lost is one that another writer won.
    /// </summary>
    private async Task<(WriteOutcome Outcome, string? ETag)> WriteOfTypeAsync<T>(
        DocumentType<T> type, string partitionKey, string id, string? ifMatch, string operation, Func<ItemRequestOptions, CancellationToken, Task<ResponseMessage>> write, CancellationToken cancellation)
        where T : class, IDocument
    {
        while (true)
        {
            var version = ifMatch;
            if (version is null && In(type.Container).IsShared)
            {
                version = (await GetAsync(type, partitionKey, id, cancellation).ConfigureAwait(false))?.ETag;
                if (version is null)
                {
                    return (WriteOutcome.Absent, null);
                }
            }

            using var response = await _calls.SendAsync(operation, type.Container, limited => write(new ItemRequestOptions { IfMatchEtag = CosmosDocument.Quoted(version) }, limited), cancellation).ConfigureAwait(false);
            switch (response.StatusCode)
            {
                case HttpStatusCode.NotFound:
                    return (WriteOutcome.Absent, null);
                case HttpStatusCode.PreconditionFailed when ifMatch is null:
                    continue;
                case HttpStatusCode.PreconditionFailed:
                    return (await RefusalAsync(type, partitionKey, id, ifMatch, cancellation).ConfigureAwait(false), null);
                default:
                    Demand(response, operation, type.Container);
                    return (WriteOutcome.Written, response.Headers.ETag is { } etag ? CosmosDocument.Plain(etag) : null);
            }
        }
    }

    /// <summary>What 412 means: another version, or, where types share a container, another type.</summary>
    private async Task<WriteOutcome> RefusalAsync<T>(DocumentType<T> type, string partitionKey, string id, string? ifMatch, CancellationToken cancellation)
        where T : class, IDocument
    {
        if (!In(type.Container).IsShared)
        {
            return WriteOutcome.Conflict;
        }

        // Without a version to differ, only the type can have been refused.
        return ifMatch is not null && await GetAsync(type, partitionKey, id, cancellation).ConfigureAwait(false) is not null
            ? WriteOutcome.Conflict
            : WriteOutcome.Absent;
    }

    private (Container Container, MemoryStream Body) Prepare<T>(DocumentType<T> type, T document)
        where T : class, IDocument
    {
        DocumentShape.Check(type);
        return (In(type.Container).Container, CosmosDocument.Body(type.Type, DocumentShape.Serialize(document, typeof(T))));
    }

    private (Container Container, bool IsShared) In(string name) => _containers.TryGetValue(name, out var found)
        ? found
        : throw new InvalidOperationException($"No document type declares the container '{name}'.");
}
