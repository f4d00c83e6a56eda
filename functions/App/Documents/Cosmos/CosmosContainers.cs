using System.Net;
using Microsoft.Azure.Cosmos;

namespace Portico.Documents.Cosmos;

/// <summary>
/// The containers that the document types declare. With a key they are made where they are missing; otherwise, and
/// where they exist, they are compared with what the app relies on.
/// </summary>
public sealed class CosmosContainers
{
    private readonly CosmosClient _client;
    private readonly CosmosCall _calls;
    private readonly CosmosSettings _settings;
    private readonly IReadOnlyList<DocumentContainer> _declared;

    internal CosmosContainers(CosmosClient client, CosmosCall calls, CosmosSettings settings, IReadOnlyList<DocumentContainer> declared) =>
        (_client, _calls, _settings, _declared) = (client, calls, settings, declared);

    /// <summary>Returns when every container is there and fits; the client then knows them all.</summary>
    /// <exception cref="InvalidOperationException">A container or a role is missing, or a container is not as declared: names each.</exception>
    /// <exception cref="DocumentStoreUnavailableException">The account did not answer.</exception>
    public async Task PrepareAsync(CancellationToken cancellation)
    {
        if (_settings.CreatesContainers)
        {
            await CallAsync("create_database", "", limited => _client.CreateDatabaseIfNotExistsAsync(_settings.Database, cancellationToken: limited), cancellation).ConfigureAwait(false);
        }

        var found = await Task.WhenAll(_declared.Select(declared => PrepareAsync(declared, cancellation))).ConfigureAwait(false);
        var faults = found.OfType<string>().ToList();
        if (faults.Count > 0)
        {
            throw new InvalidOperationException($"Cosmos DB, database '{_settings.Database}': {string.Join("; ", faults)}. docs/data.md says what each container needs.");
        }
    }

    /// <summary>
    /// How a container is made. Indexed are the type, the keys and what lists are ordered by, with the id behind it to
    /// decide between equals; the rest is not, which makes writes cheap. Nothing expires by itself.
    /// </summary>
    public static ContainerProperties PropertiesOf(DocumentContainer declared)
    {
        var properties = new ContainerProperties(declared.Name, declared.PartitionKeyPath)
        {
            // Keys of up to 2,048 bytes instead of 101.
            PartitionKeyDefinitionVersion = PartitionKeyDefinitionVersion.V2,
        };
        var indexing = properties.IndexingPolicy;
        foreach (var path in new[] { "/id", declared.PartitionKeyPath, "/type" }.Concat(declared.OrderedBy.Select(Path)).Distinct(StringComparer.Ordinal))
        {
            indexing.IncludedPaths.Add(new IncludedPath { Path = path + "/?" });
        }

        indexing.ExcludedPaths.Add(new ExcludedPath { Path = "/*" });
        foreach (var path in declared.OrderedBy)
        {
            indexing.CompositeIndexes.Add([new CompositePath { Path = Path(path) }, new CompositePath { Path = "/id" }]);
        }

        return properties;
    }

    /// <summary>What is wrong with an existing container; null when it fits.</summary>
    public static string? FaultOf(DocumentContainer declared, ContainerProperties actual)
    {
        if (actual.PartitionKeyPath != declared.PartitionKeyPath)
        {
            return $"container '{declared.Name}' is partitioned by {actual.PartitionKeyPath} instead of {declared.PartitionKeyPath}";
        }

        if (actual.DefaultTimeToLive > 0)
        {
            return $"container '{declared.Name}' deletes documents after {actual.DefaultTimeToLive} s";
        }

        var unordered = declared.OrderedBy.FirstOrDefault(path => !actual.IndexingPolicy.CompositeIndexes.Any(index => Serves(index, Path(path))));
        return unordered is null ? null : $"container '{declared.Name}' lacks the composite index ({Path(unordered)}, /id)";
    }

    private async Task<string?> PrepareAsync(DocumentContainer declared, CancellationToken cancellation)
    {
        var database = _client.GetDatabase(_settings.Database);
        try
        {
            var actual = _settings.CreatesContainers
                ? await CallAsync("create_container", declared.Name, limited => database.CreateContainerIfNotExistsAsync(PropertiesOf(declared), cancellationToken: limited), cancellation).ConfigureAwait(false)
                : await CallAsync("read_container", declared.Name, limited => database.GetContainer(declared.Name).ReadContainerAsync(cancellationToken: limited), cancellation).ConfigureAwait(false);
            if (FaultOf(declared, actual.Resource) is { } fault)
            {
                return fault;
            }

            // Addresses, partitions and a connection are then known before the first request needs them.
            using var absent = await _calls.SendAsync("read_item", declared.Name, limited => actual.Container.ReadItemStreamAsync("warm-up", new PartitionKey("warm-up"), null, limited), cancellation).ConfigureAwait(false);
            return null;
        }
        catch (CosmosException missing) when (missing.StatusCode == HttpStatusCode.NotFound)
        {
            return $"container '{declared.Name}' is missing";
        }
        catch (CosmosException refused) when (refused.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
        {
            return $"container '{declared.Name}' is refused to us ({(int)refused.StatusCode})";
        }
        catch (ArgumentException otherKey) when (otherKey is not ArgumentNullException)
        {
            // The SDK compares partition keys before we can.
            return $"container '{declared.Name}' is not partitioned by {declared.PartitionKeyPath} ({otherKey.Message})";
        }
    }

    /// <summary>Refusals stay the SDK's here, to be told apart; outages don't.</summary>
    private async Task<T> CallAsync<T>(string operation, string container, Func<CancellationToken, Task<T>> call, CancellationToken cancellation)
        where T : class
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limited.CancelAfter(_settings.Patience);
        try
        {
            return await call(limited.Token).ConfigureAwait(false);
        }
        catch (CosmosException failure) when (CosmosCall.Failure(operation, container, failure.StatusCode, failure.Headers, failure.ResponseBody) is DocumentStoreUnavailableException outage)
        {
            throw outage;
        }
        catch (Exception failure) when (failure is HttpRequestException || failure is OperationCanceledException && !cancellation.IsCancellationRequested)
        {
            throw new DocumentStoreUnavailableException($"Cosmos DB did not answer to {operation}.", null, failure);
        }
    }

    private static bool Serves(System.Collections.ObjectModel.Collection<CompositePath> index, string path) =>
        index.Count == 2 && index[0].Path == path && index[1].Path == "/id" && index[0].Order == index[1].Order;

    private static string Path(string property) => "/" + property.Replace('.', '/');
}
