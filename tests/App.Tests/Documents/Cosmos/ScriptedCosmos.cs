using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Portico.Documents;
using Portico.Documents.Cosmos;

namespace App.Tests.Documents.Cosmos;

/// <summary>A request as the SDK sent it through the gateway.</summary>
public sealed record SentRequest(string Method, string Path, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public string Text => Encoding.UTF8.GetString(Body);

    public JsonElement Json => JsonSerializer.Deserialize<JsonElement>(Body);

    public string? Header(string name) => Headers.GetValueOrDefault(name.ToLowerInvariant());
}

/// <summary>
/// What stands where the network would: keeps every request about documents and answers it by a script, as the service
/// does (status, sub-status, retry-after, quoted ETags). What the SDK asks about the account is answered by itself.
/// </summary>
public sealed class ScriptedCosmos : HttpMessageHandler
{
    private readonly ConcurrentQueue<Func<SentRequest, HttpResponseMessage>> _answers = new();
    private readonly List<SentRequest> _sent = [];

    public ScriptedCosmos(string setting = "CosmosDb:ConnectionString", string value = "AccountEndpoint=https://scripted.documents.azure.com:443/;AccountKey=c2VjcmV0;", Azure.Core.TokenCredential? credential = null, TimeSpan? patience = null)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { [setting] = value, ["CosmosDb:ConnectionMode"] = "Gateway" })
            .Build();
        var settings = CosmosSettings.From(configuration)!;
        Store = new CosmosDocumentStore(settings with { Patience = patience ?? settings.Patience }, [Notes, Covers], () => new HttpClient(this, disposeHandler: false), credential);
    }

    /// <summary>Notes and bookmarks share a container; a cover has its own.</summary>
    public static DocumentContainer Notes { get; } = new("notes", "/bookId", ["bookmark", "note"], ["at", "author.name"]);

    public static DocumentContainer Covers { get; } = new("covers", "/bookId", ["cover"], []);

    public CosmosDocumentStore Store { get; }

    /// <summary>The requests about documents, in order.</summary>
    public IReadOnlyList<SentRequest> Sent
    {
        get
        {
            lock (_sent)
            {
                return [.. _sent];
            }
        }
    }

    /// <summary>Answers the next request about documents. The last answer is repeated.</summary>
    public ScriptedCosmos Answers(HttpStatusCode status, string? json = null, string? etag = null, int subStatus = 0, double charge = 1, int? retryAfterMs = null)
    {
        _answers.Enqueue(_ =>
        {
            var response = new HttpResponseMessage(status) { Content = new StringContent(json ?? "", Encoding.UTF8, "application/json") };
            response.Headers.TryAddWithoutValidation("x-ms-substatus", subStatus.ToString(System.Globalization.CultureInfo.InvariantCulture));
            response.Headers.TryAddWithoutValidation("x-ms-request-charge", charge.ToString(System.Globalization.CultureInfo.InvariantCulture));
            response.Headers.TryAddWithoutValidation("x-ms-activity-id", Guid.NewGuid().ToString());
            if (etag is not null)
            {
                response.Headers.TryAddWithoutValidation("etag", $"\"{etag}\"");
            }

            if (retryAfterMs is { } milliseconds)
            {
                response.Headers.TryAddWithoutValidation("x-ms-retry-after-ms", milliseconds.ToString(System.Globalization.CultureInfo.InvariantCulture));
            }

            return response;
        });
        return this;
    }

    /// <summary>The network fails.</summary>
    public ScriptedCosmos Fails()
    {
        _answers.Enqueue(_ => throw new HttpRequestException("Connection refused"));
        return this;
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var sent = new SentRequest(
            request.Method.Method,
            request.RequestUri!.PathAndQuery,
            request.Headers.Concat(request.Content?.Headers.AsEnumerable() ?? []).ToDictionary(h => h.Key.ToLowerInvariant(), h => string.Join(",", h.Value)),
            request.Content is null ? [] : await request.Content.ReadAsByteArrayAsync(cancellationToken));
        if (!request.RequestUri.AbsolutePath.Contains("/docs", StringComparison.Ordinal))
        {
            return AboutTheAccount(request.RequestUri.AbsolutePath, sent);
        }

        if (sent.Header("x-ms-cosmos-is-query-plan-request") is not null)
        {
            return Json("""{"partitionedQueryExecutionInfoVersion":2,"queryInfo":{"distinctType":"None","groupByExpressions":[],"orderBy":[],"orderByExpressions":[],"aggregates":[],"rewrittenQuery":"","hasSelectValue":false},"queryRanges":[{"min":"","max":"FF","isMinInclusive":true,"isMaxInclusive":false}]}""");
        }

        lock (_sent)
        {
            _sent.Add(sent);
        }

        return (_answers.Count > 1 && _answers.TryDequeue(out var next) ? next : _answers.TryPeek(out next) ? next : throw new InvalidOperationException("No answer was scripted."))(sent);
    }

    private static HttpResponseMessage AboutTheAccount(string path, SentRequest sent)
    {
        if (path == "/")
        {
            return Json("""{"id":"scripted","_rid":"scripted","writableLocations":[{"name":"North Europe","databaseAccountEndpoint":"https://scripted.documents.azure.com:443/"}],"readableLocations":[{"name":"North Europe","databaseAccountEndpoint":"https://scripted.documents.azure.com:443/"}],"enableMultipleWriteLocations":false,"userConsistencyPolicy":{"defaultConsistencyLevel":"Session"},"userReplicationPolicy":{"minReplicaSetSize":3,"maxReplicasetSize":4},"systemReplicationPolicy":{"minReplicaSetSize":3,"maxReplicasetSize":4},"readPolicy":{"primaryReadCoefficient":1,"secondaryReadCoefficient":1},"queryEngineConfiguration":"{\"maxSqlQueryInputLength\":262144}"}""");
        }

        if (path.EndsWith("/pkranges", StringComparison.Ordinal))
        {
            var ranges = sent.Header("if-none-match") is null
                ? Json("""{"_rid":"4PRRAA==","PartitionKeyRanges":[{"id":"0","_rid":"4PRRAA==","minInclusive":"","maxExclusive":"FF","ridPrefix":0,"throughputFraction":1,"status":"online","parents":[]}],"_count":1}""")
                : new HttpResponseMessage(HttpStatusCode.NotModified);
            ranges.Headers.TryAddWithoutValidation("etag", "\"1\"");
            return ranges;
        }

        var container = new[] { Notes, Covers }.SingleOrDefault(c => path == $"/dbs/portico/colls/{c.Name}");
        return container is null
            ? new HttpResponseMessage(HttpStatusCode.Forbidden)
            : Json($$$"""{"id":"{{{container.Name}}}","_rid":"{{{(container == Notes ? "4PRRAKa8jkw=" : "4PRRALa8jkw=")}}}","partitionKey":{"paths":["{{{container.PartitionKeyPath}}}"],"kind":"Hash","version":2},"indexingPolicy":{"indexingMode":"consistent","automatic":true}}""");
    }

    private static HttpResponseMessage Json(string json) => new(HttpStatusCode.OK) { Content = new StringContent(json, Encoding.UTF8, "application/json") };
}
