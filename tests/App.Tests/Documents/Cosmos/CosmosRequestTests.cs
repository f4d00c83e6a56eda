using System.Net;
using System.Text.Json.Serialization;
using Azure.Core;
using Portico.Documents;

namespace App.Tests.Documents.Cosmos;

/// <summary>
/// What goes to Cosmos DB and what is made of its answers, where an emulator proves nothing: headers, bodies and query
/// texts as its REST API documents them, and the statuses that only the service has.
/// </summary>
public sealed class CosmosRequestTests
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly Note Sample = new() { Id = "n1", BookId = "b 1", Title = "first" };

    private const string Stored = """{"type":"note","id":"n1","bookId":"b 1","title":"first","_etag":"\"0000d826\"","_rid":"x","_ts":1}""";
    private const string StoredBookmark = """{"type":"bookmark","id":"n1","bookId":"b 1","target":"t","_etag":"\"0000d827\"","_rid":"x","_ts":1}""";

    [Fact]
    public async Task GetAsync_IsAPointReadInItsPartitionOfWhatIsCommitted()
    {
        using var cosmos = new ScriptedCosmos().Answers(HttpStatusCode.OK, Stored.Replace("n1", "n 1%", StringComparison.Ordinal), etag: "0000d826");

        var read = await cosmos.Store.GetAsync(Note.Documents, "b 1", "n 1%", None);

        read.ShouldNotBeNull().ETag.ShouldBe("0000d826");
        read.Document.Title.ShouldBe("first");
        var sent = cosmos.Sent.ShouldHaveSingleItem();
        (sent.Method, sent.Path).ShouldBe(("GET", "/dbs/portico/colls/notes/docs/n%201%25"));
        sent.Header("x-ms-documentdb-partitionkey").ShouldBe("""["b 1"]""");
        sent.Headers.ShouldContain(h => h.Key.Contains("consistency") && h.Value == "LatestCommitted");
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(1002, typeof(DocumentStoreUnavailableException))]
    [InlineData(1003, typeof(InvalidOperationException))]
    public async Task GetAsync_404_IsAbsentOnlyWhenItIsAboutTheDocument(int subStatus, Type? thrown)
    {
        using var cosmos = new ScriptedCosmos().Answers(HttpStatusCode.NotFound, "{}", subStatus: subStatus);

        var read = () => cosmos.Store.GetAsync(Note.Documents, "b 1", "n1", None);

        if (thrown is null)
        {
            (await read()).ShouldBeNull();
        }
        else
        {
            (await Should.ThrowAsync<Exception>(read)).ShouldBeOfType(thrown);
        }
    }

    [Fact]
    public async Task CreateAsync_SendsTheTypeAndAsksForNothingBack()
    {
        using var cosmos = new ScriptedCosmos().Answers(HttpStatusCode.Created, etag: "e1");

        var created = await cosmos.Store.CreateAsync(Note.Documents, Sample, None);

        created.Stored!.ETag.ShouldBe("e1");
        var sent = cosmos.Sent.ShouldHaveSingleItem();
        (sent.Method, sent.Path).ShouldBe(("POST", "/dbs/portico/colls/notes/docs"));
        sent.Header("prefer").ShouldBe("return=minimal");
        sent.Header("x-ms-documentdb-partitionkey").ShouldBe("""["b 1"]""");
        sent.Header("x-ms-documentdb-is-upsert").ShouldBeNull();
        sent.Text.ShouldBe("""{"type":"note","id":"n1","bookId":"b 1","title":"first","number":0,"done":false,"colour":"yellow","lines":[],"counts":{}}""");
    }

    [Fact]
    public async Task UpsertAsync_SaysSoInItsHeader()
    {
        using var cosmos = new ScriptedCosmos().Answers(HttpStatusCode.OK, etag: "e2");

        (await cosmos.Store.UpsertAsync(Note.Documents, Sample, None)).ETag.ShouldBe("e2");

        cosmos.Sent.ShouldHaveSingleItem().Header("x-ms-documentdb-is-upsert").ShouldBe("True");
    }

    [Theory]
    [InlineData(HttpStatusCode.OK, WriteOutcome.Written)]
    [InlineData(HttpStatusCode.NotFound, WriteOutcome.Absent)]
    [InlineData(HttpStatusCode.PreconditionFailed, WriteOutcome.Conflict)]
    public async Task ReplaceAsync_OfAVersion_SendsItQuotedAndIsOneRequest(HttpStatusCode status, WriteOutcome expected)
    {
        using var cosmos = new ScriptedCosmos().Answers(status, etag: "e2");

        var replaced = await cosmos.Store.ReplaceAsync(Cover.Documents, new Cover("n1", "b 1"), "e1", None);

        replaced.Outcome.ShouldBe(expected);
        replaced.Stored?.ETag.ShouldBe("e2");
        var sent = cosmos.Sent.ShouldHaveSingleItem();
        (sent.Method, sent.Path, sent.Header("if-match")).ShouldBe(("PUT", "/dbs/portico/colls/covers/docs/n1", "\"e1\""));
    }

    [Fact]
    public async Task DeleteAsync_NoVersionWhereTypesShareAContainer_IsConditionalOnWhatWasRead()
    {
        using var cosmos = new ScriptedCosmos()
            .Answers(HttpStatusCode.OK, Stored, etag: "0000d826")
            .Answers(HttpStatusCode.PreconditionFailed)
            .Answers(HttpStatusCode.OK, Stored.Replace("0000d826", "0000d900", StringComparison.Ordinal), etag: "0000d900")
            .Answers(HttpStatusCode.NoContent);

        (await cosmos.Store.DeleteAsync(Note.Documents, "b 1", "n1", null, None)).ShouldBe(WriteOutcome.Written);

        cosmos.Sent.Select(s => (s.Method, s.Header("if-match"))).ShouldBe([("GET", null), ("DELETE", "\"0000d826\""), ("GET", null), ("DELETE", "\"0000d900\"")]);
    }

    [Fact]
    public async Task DeleteAsync_NoVersionInAContainerOfOneType_IsOneRequest()
    {
        using var cosmos = new ScriptedCosmos().Answers(HttpStatusCode.NoContent);

        (await cosmos.Store.DeleteAsync(Cover.Documents, "b 1", "n1", null, None)).ShouldBe(WriteOutcome.Written);

        cosmos.Sent.ShouldHaveSingleItem().Header("if-match").ShouldBeNull();
    }

    [Fact]
    public async Task DeleteAsync_OtherType_LeavesItAlone()
    {
        using var cosmos = new ScriptedCosmos().Answers(HttpStatusCode.OK, StoredBookmark, etag: "0000d827");

        (await cosmos.Store.DeleteAsync(Note.Documents, "b 1", "n1", null, None)).ShouldBe(WriteOutcome.Absent);

        cosmos.Sent.ShouldHaveSingleItem().Method.ShouldBe("GET");
    }

    [Fact]
    public async Task PatchAsync_SendsSingleChangesOnConditionOfTheType()
    {
        using var cosmos = new ScriptedCosmos().Answers(HttpStatusCode.OK, Stored, etag: "0000d826");

        var patched = await cosmos.Store.PatchAsync(
            Note.Documents, "b 1", "n1", new DocumentPatch().Set("/colour", NoteColour.PaleBlue).Remove("/title").Increment("/number", -2), "e1", None);

        patched.Stored!.Document.Title.ShouldBe("first", "what is stored is what Cosmos DB answers");
        patched.Stored.ETag.ShouldBe("0000d826");
        var sent = cosmos.Sent.ShouldHaveSingleItem();
        (sent.Method, sent.Path, sent.Header("if-match")).ShouldBe(("PATCH", "/dbs/portico/colls/notes/docs/n1", "\"e1\""));
        sent.Header("prefer").ShouldBeNull();
        sent.Text.ShouldBe("""
            {"condition":"FROM c WHERE c[\"type\"] = \"note\"","operations":[{"op":"set","path":"/colour","value":"paleBlue"},{"op":"set","path":"/title","value":null},{"op":"remove","path":"/title"},{"op":"incr","path":"/number","value":-2}]}
            """);
    }

    [Theory]
    [InlineData(HttpStatusCode.BadRequest, typeof(InvalidOperationException))]
    [InlineData(HttpStatusCode.RequestEntityTooLarge, typeof(ArgumentException))]
    [InlineData(HttpStatusCode.Forbidden, typeof(InvalidOperationException))]
    [InlineData(HttpStatusCode.RequestTimeout, typeof(DocumentStoreUnavailableException))]
    public async Task PatchAsync_Refused_SaysWhyWithoutTheSdksTypes(HttpStatusCode status, Type expected)
    {
        using var cosmos = new ScriptedCosmos().Answers(status, """{"code":"x","message":"For Operation(2): no such parent"}""");

        var failure = await Should.ThrowAsync<Exception>(() => cosmos.Store.PatchAsync(Note.Documents, "b 1", "n1", new DocumentPatch().Set("/title", "x"), null, None));

        failure.ShouldBeOfType(expected);
        failure.Message.ShouldContain($"{(int)status}");
    }

    [Theory]
    [InlineData(null, Stored, WriteOutcome.Absent)]
    [InlineData("e1", Stored, WriteOutcome.Conflict)]
    [InlineData("e1", StoredBookmark, WriteOutcome.Absent)]
    public async Task PatchAsync_412_TellsTheTypeFromTheVersion(string? ifMatch, string found, WriteOutcome expected)
    {
        using var cosmos = new ScriptedCosmos().Answers(HttpStatusCode.PreconditionFailed).Answers(HttpStatusCode.OK, found, etag: "0000d826");

        (await cosmos.Store.PatchAsync(Note.Documents, "b 1", "n1", new DocumentPatch().Set("/title", "x"), ifMatch, None)).Outcome.ShouldBe(expected);
    }

    [Fact]
    public async Task ListAsync_IsOneQueryOfOnePartition()
    {
        using var cosmos = new ScriptedCosmos().Answers(HttpStatusCode.OK, """{"_rid":"x","Documents":[],"_count":0}""");

        await cosmos.Store.ListAsync(Note.Documents, "b 1", new DocumentQuery(new Dictionary<string, object> { ["title"] = null!, ["author.visits"] = 5, ["done"] = true }, "at", Descending: true, Limit: 7), None);

        var sent = cosmos.Sent.ShouldHaveSingleItem();
        sent.Header("x-ms-documentdb-partitionkey").ShouldBe("""["b 1"]""");
        sent.Header("x-ms-max-item-count").ShouldBe("8");
        sent.Header("x-ms-documentdb-query-enable-scan").ShouldBe("True");
        sent.Header("content-type").ShouldBe("application/query+json");
        sent.Json.GetProperty("query").GetString().ShouldBe(
            "SELECT * FROM c WHERE c[\"type\"] = @type AND c[\"author\"][\"visits\"] = @equal0 AND c[\"done\"] = @equal1"
            + " AND (NOT IS_DEFINED(c[\"title\"]) OR IS_NULL(c[\"title\"])) AND IS_DEFINED(c[\"at\"]) AND NOT IS_NULL(c[\"at\"])"
            + " ORDER BY c[\"at\"] DESC, c[\"id\"] DESC");
        sent.Json.GetProperty("parameters").GetRawText().ShouldBe("""[{"name":"@type","value":"note"},{"name":"@equal0","value":5},{"name":"@equal1","value":true}]""");
    }

    [Fact]
    public async Task ListAsync_NextPage_ContinuesByValueBehindTheLastDocument()
    {
        const string Page = """{"_rid":"x","Documents":[{"type":"note","id":"n1","bookId":"b 1","at":"2026-01-01T00:00:00.0000000Z","_etag":"\"1\""},{"type":"note","id":"n2","bookId":"b 1","at":"2026-01-01T00:00:00.0000000Z","_etag":"\"2\""}],"_count":2}""";
        using var cosmos = new ScriptedCosmos().Answers(HttpStatusCode.OK, Page);
        var query = new DocumentQuery(OrderBy: "at", Limit: 1);

        var page = await cosmos.Store.ListAsync(Note.Documents, "b 1", query, None);
        await cosmos.Store.ListAsync(Note.Documents, "b 1", query with { Continuation = page.Continuation }, None);

        page.Items.ShouldHaveSingleItem().ETag.ShouldBe("1");
        var sent = cosmos.Sent[1];
        sent.Header("x-ms-continuation").ShouldBeNull();
        sent.Json.GetProperty("query").GetString()!.ShouldContain(" AND c[\"at\"] >= @after AND (c[\"at\"] > @after OR c[\"id\"] > @id) ORDER BY c[\"at\"] ASC, c[\"id\"] ASC");
        sent.Json.GetProperty("parameters").GetRawText().ShouldContain("""{"name":"@id","value":"n1"},{"name":"@after","value":"2026-01-01T00:00:00.0000000Z"}""");
    }

    [Fact]
    public async Task BatchAsync_IsOneAtomicRequest()
    {
        using var cosmos = new ScriptedCosmos().Answers(HttpStatusCode.OK);

        // The answer's rows are the emulator's to show; here none comes, which is no success either.
        await Should.ThrowAsync<DocumentStoreUnavailableException>(() => cosmos.Store.BatchAsync(
            new DocumentBatch("covers", "b 1").Create(Cover.Documents, new Cover("c1", "b 1")).Delete(Cover.Documents, "c2", "e1"), None));

        var sent = cosmos.Sent.ShouldHaveSingleItem();
        (sent.Method, sent.Path).ShouldBe(("POST", "/dbs/portico/colls/covers/docs"));
        sent.Header("x-ms-documentdb-partitionkey").ShouldBe("""["b 1"]""");
        sent.Header("x-ms-cosmos-is-batch-request").ShouldBe("True");
        sent.Header("x-ms-cosmos-batch-atomic").ShouldBe("True");
        sent.Text.ShouldContain("""{"type":"cover","id":"c1","bookId":"b 1"}""");
        sent.Text.ShouldContain("\"e1\"");
    }

    [Fact]
    public async Task BatchAsync_ThrottledAsAWhole_IsRepeated()
    {
        using var cosmos = new ScriptedCosmos().Answers(HttpStatusCode.TooManyRequests, "{}", retryAfterMs: 5);

        var failure = await Should.ThrowAsync<DocumentStoreUnavailableException>(() => cosmos.Store.BatchAsync(
            new DocumentBatch("covers", "b 1").Create(Cover.Documents, new Cover("c1", "b 1")), None));

        failure.Message.ShouldContain("429");
        cosmos.Sent.Count.ShouldBe(10);
    }

    [Fact]
    public async Task CreateAsync_Throttled_WaitsAsLongAsItIsToldAndRepeats()
    {
        using var cosmos = new ScriptedCosmos().Answers(HttpStatusCode.TooManyRequests, "{}", retryAfterMs: 60).Answers(HttpStatusCode.Created, etag: "e1");
        var began = System.Diagnostics.Stopwatch.GetTimestamp();

        (await cosmos.Store.CreateAsync(Note.Documents, Sample, None)).Outcome.ShouldBe(WriteOutcome.Written);

        System.Diagnostics.Stopwatch.GetElapsedTime(began).ShouldBeGreaterThan(TimeSpan.FromMilliseconds(55));
        cosmos.Sent.Select(s => s.Text).Distinct().ShouldHaveSingleItem();
        cosmos.Sent.Count.ShouldBe(2);
    }

    [Fact]
    public async Task CreateAsync_ThrottledForGood_SaysWhenToComeBack()
    {
        using var cosmos = new ScriptedCosmos().Answers(HttpStatusCode.TooManyRequests, "{}", retryAfterMs: 20);

        var failure = await Should.ThrowAsync<DocumentStoreUnavailableException>(() => cosmos.Store.CreateAsync(Note.Documents, Sample, None));

        failure.RetryAfter.ShouldBe(TimeSpan.FromMilliseconds(20));
    }

    [Fact]
    public async Task CreateAsync_CancelledWhileThrottled_Ends()
    {
        using var cosmos = new ScriptedCosmos().Answers(HttpStatusCode.TooManyRequests, "{}", retryAfterMs: 10_000);
        using var cancel = new CancellationTokenSource(200);

        await Should.ThrowAsync<OperationCanceledException>(() => cosmos.Store.CreateAsync(Note.Documents, Sample, cancel.Token).WaitAsync(TimeSpan.FromSeconds(5), None));
    }

    [Fact]
    public async Task CreateAsync_NetworkGone_IsAnOutageOnceItHasBeenWaitedFor()
    {
        using var cosmos = new ScriptedCosmos(patience: TimeSpan.FromSeconds(2)).Fails();

        var failure = await Should.ThrowAsync<DocumentStoreUnavailableException>(() => cosmos.Store.CreateAsync(Note.Documents, Sample, None).WaitAsync(TimeSpan.FromSeconds(30), None));

        cosmos.Sent.Count.ShouldBeGreaterThan(1, "it was tried again");
        failure.RetryAfter.ShouldBeNull();
        failure.Message.ShouldContain("create_item in 'notes'");
    }

    [Fact]
    public async Task GetAsync_ByIdentity_SendsATokenForThisAccount()
    {
        var credential = new FixedToken();
        using var cosmos = new ScriptedCosmos("CosmosDb:AccountEndpoint", "https://scripted.documents.azure.com", credential).Answers(HttpStatusCode.NotFound, "{}");

        await cosmos.Store.GetAsync(Note.Documents, "b 1", "n1", None);

        credential.Scopes.ShouldBe(["https://scripted.documents.azure.com/.default"]);
        Uri.UnescapeDataString(cosmos.Sent.ShouldHaveSingleItem().Header("authorization")!).ShouldBe("type=aad&ver=1.0&sig=the-token");
    }

    /// <summary>The only type of its container.</summary>
    private sealed record Cover(string Id, string BookId) : IDocument
    {
        public static readonly DocumentType<Cover> Documents = new("covers", "/bookId", "cover");

        [JsonIgnore]
        public string PartitionKey => BookId;
    }

    private sealed class FixedToken : TokenCredential
    {
        public HashSet<string> Scopes { get; } = [];

        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken)
        {
            Scopes.UnionWith(requestContext.Scopes);
            return new AccessToken("the-token", DateTimeOffset.UtcNow.AddHours(1));
        }

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            ValueTask.FromResult(GetToken(requestContext, cancellationToken));
    }
}
