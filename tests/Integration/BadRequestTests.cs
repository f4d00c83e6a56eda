using System.Net;
using System.Text;
using Portico.Http;

namespace Integration;

[Collection(AppCollection.Name)]
public sealed class BadRequestTests(RunningApp app) : IAsyncLifetime
{
    private Campaigner _me = null!;

    public async ValueTask InitializeAsync() => _me = await Campaigner.RegisterAsync(app);

    public ValueTask DisposeAsync()
    {
        _me.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData("auth/register", """{"email":"a@example.com","password":"long enough","displayName":"x","admin":true}""", "admin")]
    [InlineData("auth/login", """{"email":["a@example.com"],"password":"x"}""", "email")]
    [InlineData("projects", """{"name":"x","ownerId":"acc_1"}""", "ownerId")]
    [InlineData("projects", """{"name":17}""", "name")]
    [InlineData("projects", """{"name":"   "}""", "name")]
    [InlineData("projects", """{"name":"a\u0000b"}""", "name")]
    [InlineData("markers/generate", """{"assetID":"x"}""", "assetID")]
    [InlineData("analytics/track", """{"code":"abcdefgh","sessionId":"s","events":[{"id":"12345678","type":"bought"}]}""", "events[0].type")]
    public async Task Post_WrongField_IsRefusedByItsName(string path, string json, string field)
    {
        using var response = await _me.SendJsonAsync("POST", path, json);

        (await response.ShouldBeAsync(ErrorCatalogue.InvalidRequest)).Fields().ShouldContain(field);
    }

    [Theory]
    [InlineData("a/b\\c.jpg", true)]
    [InlineData("../../etc/passwd", true)]
    [InlineData("🎉 Sommerfest – «Plakat».jpeg", true)]
    [InlineData("a\u0007.jpg", false)]
    [InlineData("", false)]
    public async Task AddAsset_Names_AreForShowOnly(string name, bool isAccepted)
    {
        var projectId = await _me.CreateProjectAsync();

        using var response = await _me.SendAsync("POST", $"projects/{projectId}/assets", System.Net.Http.Json.JsonContent.Create(new { name, contentType = "image/jpeg", bytes = 10 }));

        if (!isAccepted)
        {
            (await response.ShouldBeAsync(ErrorCatalogue.InvalidRequest)).Fields().ShouldBe(["name"]);
            return;
        }

        response.StatusCode.ShouldBe(HttpStatusCode.Created);
        var answer = System.Text.Json.JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        answer.GetProperty("asset").GetProperty("name").GetString().ShouldBe(name);
        answer.GetProperty("upload").GetProperty("url").GetString()!.Split('?')[0].ShouldEndWith($"/uploads/{projectId}/{answer.GetProperty("asset").GetProperty("id").GetString()}/source");
    }

    [Fact]
    public async Task AddAsset_NameOf300Characters_IsRefused()
    {
        var projectId = await _me.CreateProjectAsync();

        using var response = await _me.SendAsync("POST", $"projects/{projectId}/assets", System.Net.Http.Json.JsonContent.Create(new { name = new string('n', 300), contentType = "image/jpeg", bytes = 10 }));

        (await response.ShouldBeAsync(ErrorCatalogue.InvalidRequest)).Fields().ShouldBe(["name"]);
    }

    [Fact]
    public async Task AddAsset_DeclaredOverTheLimitOrOfAnotherKind_IsRefusedBeforeAByteIsSent()
    {
        var projectId = await _me.CreateProjectAsync();

        using var large = await _me.SendJsonAsync("POST", $"projects/{projectId}/assets", """{"name":"x.jpg","contentType":"image/jpeg","bytes":99999999999}""");
        using var film = await _me.SendJsonAsync("POST", $"projects/{projectId}/assets", """{"name":"x.mp4","contentType":"video/mp4","bytes":3221225472}""");
        using var text = await _me.SendJsonAsync("POST", $"projects/{projectId}/assets", """{"name":"x.txt","contentType":"text/plain","bytes":1}""");

        (await large.ShouldBeAsync(ErrorCatalogue.AssetTooLarge)).GetProperty("detail").GetString()!.ShouldContain("64 MiB");
        (await film.ShouldBeAsync(ErrorCatalogue.AssetTooLarge)).GetProperty("detail").GetString()!.ShouldContain("2048 MiB");
        await text.ShouldBeAsync(ErrorCatalogue.UnsupportedKind);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Post_BodyOfTwoMegabytes_Is413(bool announcesItsLength)
    {
        var json = Encoding.UTF8.GetBytes($$"""{"name":"{{new string('x', 2 << 20)}}"}""");
        using HttpContent content = announcesItsLength ? new ByteArrayContent(json) : new StreamContent(new UnknownLength(json));
        content.Headers.ContentType = new("application/json");

        using var response = await _me.SendAsync("POST", "projects", content);

        await response.ShouldBeAsync(ErrorCatalogue.BodyTooLarge);
    }

    [Fact]
    public async Task Post_NoBody_OtherTypeOrBrokenJson_SaysWhich()
    {
        using var empty = await _me.SendAsync("POST", "projects");
        using var form = await _me.SendAsync("POST", "projects", new FormUrlEncodedContent([new("name", "x")]));
        using var broken = await _me.SendJsonAsync("POST", "projects", """{"name":""");

        await empty.ShouldBeAsync(ErrorCatalogue.EmptyBody);
        await form.ShouldBeAsync(ErrorCatalogue.UnsupportedMediaType);
        await broken.ShouldBeAsync(ErrorCatalogue.InvalidJson);
    }

    [Theory]
    [InlineData("limit=0", "request.invalid_fields")]
    [InlineData("limit=101", "request.invalid_fields")]
    [InlineData("limit=x", "request.invalid_fields")]
    [InlineData("cursor=%21%21", "request.invalid_cursor")]
    [InlineData("cursor=bWFkZSB1cA", "request.invalid_cursor")]
    public async Task List_WrongPaging_IsRefused(string query, string code)
    {
        using var response = await _me.SendAsync("GET", $"projects?{query}");

        await response.ShouldBeAsync(ErrorCatalogue.All[code]);
    }

    [Fact]
    public async Task List_FollowingCursors_SeesEverythingOnceNewestFirst()
    {
        var ids = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            ids.Add(await _me.CreateProjectAsync($"Campaign {i}"));
        }

        var seen = new List<string>();
        for (string? cursor = ""; cursor is not null;)
        {
            var page = await _me.CallAsync("GET", $"projects?limit=2{(cursor.Length > 0 ? "&cursor=" + cursor : "")}");
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(project => project.GetProperty("id").GetString()!));
            cursor = page.TryGetProperty("cursor", out var next) ? next.GetString() : null;
        }

        seen.ShouldBe(Enumerable.Reverse(ids));
    }

    [Fact]
    public async Task Create_SameIdempotencyKey_MakesOneThing()
    {
        var key = ("Idempotency-Key", Guid.NewGuid().ToString());

        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(async _ =>
        {
            using var response = await _me.SendJsonAsync("POST", "projects", """{"name":"Once"}""", key);
            response.StatusCode.ShouldBe(HttpStatusCode.Created);
            return System.Text.Json.JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement.GetProperty("id").GetString();
        }));

        answers.Distinct().Count().ShouldBe(1);
        (await _me.CallAsync("GET", "projects")).GetProperty("items").GetArrayLength().ShouldBe(1);
        using var other = await _me.SendJsonAsync("POST", "projects", """{"name":"Other"}""", key);
        await other.ShouldBeAsync(ErrorCatalogue.IdempotencyKeyReused);
    }

    [Fact]
    public async Task Update_StaleIfMatch_ChangesNothing()
    {
        var projectId = await _me.CreateProjectAsync("First");
        using var read = await _me.SendAsync("GET", $"projects/{projectId}");
        var etag = read.Headers.ETag!.ToString();

        using var fresh = await _me.SendJsonAsync("PATCH", $"projects/{projectId}", """{"name":"Second"}""", ("If-Match", etag));
        using var stale = await _me.SendJsonAsync("PATCH", $"projects/{projectId}", """{"name":"Third"}""", ("If-Match", etag));

        fresh.StatusCode.ShouldBe(HttpStatusCode.OK);
        await stale.ShouldBeAsync(ErrorCatalogue.PreconditionFailed);
        (await _me.CallAsync("GET", $"projects/{projectId}")).GetProperty("name").GetString().ShouldBe("Second");
    }

    [Fact]
    public async Task Patch_TwoFieldsAtOnceByTwoPeople_BothStand()
    {
        var projectId = await _me.CreateProjectAsync("Name");

        await Task.WhenAll(
            _me.SendJsonAsync("PATCH", $"projects/{projectId}", """{"name":"New name"}"""),
            _me.SendJsonAsync("PATCH", $"projects/{projectId}", """{"description":"New description"}"""));

        var project = await _me.CallAsync("GET", $"projects/{projectId}");
        project.GetProperty("name").GetString().ShouldBe("New name");
        project.GetProperty("description").GetString().ShouldBe("New description");
    }

    private sealed class UnknownLength(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;

        public override long Length => throw new NotSupportedException();
    }
}
