using System.Net;
using System.Text;
using System.Text.Json;
using Portico.Http;

namespace Integration;

[Collection(AppCollection.Name)]
public sealed class LinkTests(RunningApp app) : IAsyncLifetime
{
    private Campaigner _me = null!;

    public async ValueTask InitializeAsync() => _me = await Campaigner.RegisterAsync(app);

    public ValueTask DisposeAsync()
    {
        _me.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task CreateLink_ReadyAssets_IsPublicAtOnce()
    {
        var scene = new Scene(_me);
        var code = await scene.LinkAsync("Poster «1»");

        using var anonymous = new HttpClient { BaseAddress = app.Origin };
        using var response = await anonymous.GetAsync($"/cdn/m/{code}.json");
        var manifest = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/json");
        response.Headers.CacheControl!.MaxAge.ShouldBe(TimeSpan.FromSeconds(60));
        manifest.GetProperty("title").GetString().ShouldBe("Poster «1»");
        var target = manifest.GetProperty("targets")[0];
        foreach (var url in new[]
                 {
                     target.GetProperty("marker").GetProperty("url").GetString()!,
                     target.GetProperty("picture").GetProperty("thumbnail").GetProperty("url").GetString()!,
                     target.GetProperty("content").GetProperty("poster").GetProperty("url").GetString()!,
                     target.GetProperty("content").GetProperty("renditions")[0].GetProperty("url").GetString()!,
                 })
        {
            (await anonymous.GetAsync(url)).StatusCode.ShouldBe(HttpStatusCode.OK, url);
        }
    }

    [Fact]
    public async Task Link_Life_UpdateRepublishesAndDeleteUnpublishes()
    {
        var scene = new Scene(_me);
        var code = await scene.LinkAsync();

        await _me.CallAsync("PATCH", $"links/{code}", new { title = "New title" });
        (await ManifestAsync(code)).GetProperty("title").GetString().ShouldBe("New title");
        (await _me.CallAsync("GET", $"projects/{scene.ProjectId}/links")).GetProperty("items")[0].GetProperty("title").GetString().ShouldBe("New title");

        using var inUse = await _me.SendAsync("DELETE", $"assets/{scene.ImageId}");
        (await inUse.ShouldBeAsync(ErrorCatalogue.AssetInUse)).GetProperty("detail").GetString()!.ShouldContain(code);

        await _me.CallAsync("DELETE", $"links/{code}", expected: HttpStatusCode.NoContent);
        using var gone = await _me.SendAsync("GET", $"/cdn/m/{code}.json");
        gone.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        using var link = await _me.SendAsync("GET", $"links/{code}");
        await link.ShouldBeAsync(ErrorCatalogue.NotFound);
    }

    [Fact]
    public async Task CreateLink_AssetNotReady_SaysWhich()
    {
        var projectId = await _me.CreateProjectAsync();
        var (image, _) = await _me.AnnounceAsync(projectId, "later.jpg", "image/jpeg", 10);
        var (video, _) = await _me.AnnounceAsync(projectId, "later.mp4", "video/mp4", 10);

        using var response = await _me.SendJsonAsync("POST", $"projects/{projectId}/links", $$"""{"title":"x","targets":[{"imageAssetId":"{{image}}","contentAssetId":"{{video}}"}]}""");

        (await response.ShouldBeAsync(ErrorCatalogue.AssetNotReady)).GetProperty("detail").GetString()!.ShouldContain("later.jpg");
    }

    [Fact]
    public async Task Qr_OfALink_IsAPictureInBothForms()
    {
        var code = await new Scene(_me).LinkAsync();

        using var anonymous = new HttpClient { BaseAddress = app.Origin };
        using var svg = await anonymous.GetAsync($"/api/v1/links/{code}/qr.svg");
        using var png = await anonymous.GetAsync($"/api/v1/links/{code}/qr.png?size=512");
        using var tooLarge = await anonymous.GetAsync($"/api/v1/links/{code}/qr.png?size=100000");
        using var unknown = await anonymous.GetAsync("/api/v1/links/zzzzzzzz/qr.svg");

        svg.Content.Headers.ContentType!.MediaType.ShouldBe("image/svg+xml");
        (await svg.Content.ReadAsStringAsync()).ShouldContain("<svg");
        var bytes = await png.Content.ReadAsByteArrayAsync();
        bytes.AsSpan(1, 3).SequenceEqual("PNG"u8).ShouldBeTrue();
        System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(16)).ShouldBeInRange(400, 512);
        await tooLarge.ShouldBeAsync(ErrorCatalogue.InvalidRequest);
        await unknown.ShouldBeAsync(ErrorCatalogue.NotFound);
    }

    [Fact]
    public async Task Track_TheSameBeaconTwice_CountsOnce()
    {
        var scene = new Scene(_me);
        var code = await scene.LinkAsync();
        var beacon = JsonSerializer.Serialize(new
        {
            code,
            sessionId = "s1",
            events = new object[]
            {
                new { id = "event-000001", type = "view_started", at = DateTimeOffset.UtcNow },
                new { id = "event-000002", type = "marker_detected", at = DateTimeOffset.UtcNow, targetId = "t1", value = 12.5 },
            },
        });

        using var anonymous = new HttpClient { BaseAddress = app.Origin };
        for (var i = 0; i < 2; i++)
        {
            (await anonymous.PostAsync("/api/v1/analytics/track", new StringContent(beacon, Encoding.UTF8, "text/plain"))).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        }

        var analytics = await _me.CallAsync("GET", $"projects/{scene.ProjectId}/analytics");
        var counts = analytics.GetProperty("links")[0].GetProperty("counts");
        counts.GetProperty("view_started").GetInt64().ShouldBe(1);
        counts.GetProperty("marker_detected").GetInt64().ShouldBe(1);
        analytics.GetProperty("totals").GetProperty("view_started").GetInt64().ShouldBe(1);
        analytics.GetProperty("links")[0].GetProperty("code").GetString().ShouldBe(code);
    }

    [Fact]
    public async Task Track_BeyondItsLimits_IsRefused()
    {
        var code = await new Scene(_me).LinkAsync();
        var many = Enumerable.Range(0, 101).Select(i => new { id = $"event-{i:d6}", type = "view_started" });

        using var tooMany = await _me.SendJsonAsync("POST", "analytics/track", JsonSerializer.Serialize(new { code, sessionId = "s1", events = many }));
        using var tooLarge = await _me.SendJsonAsync("POST", "analytics/track", JsonSerializer.Serialize(new { code, sessionId = new string('s', 70_000) }));
        using var unknown = await _me.SendJsonAsync("POST", "analytics/track", JsonSerializer.Serialize(new { code = "zzzzzzzz", sessionId = "s1", events = many.Take(1) }));

        (await tooMany.ShouldBeAsync(ErrorCatalogue.InvalidRequest)).Fields().ShouldBe(["events"]);
        await tooLarge.ShouldBeAsync(ErrorCatalogue.BodyTooLarge);
        await unknown.ShouldBeAsync(ErrorCatalogue.NotFound);
    }

    [Fact]
    public async Task DeleteProject_ErasesWhatItHeld()
    {
        var scene = new Scene(_me);
        var code = await scene.LinkAsync();
        var thumbnail = (await _me.AssetAsync(scene.ImageId)).GetProperty("image").GetProperty("thumbnail").GetProperty("url").GetString()!;

        await _me.CallAsync("DELETE", $"projects/{scene.ProjectId}", expected: HttpStatusCode.NoContent);

        using var project = await _me.SendAsync("GET", $"projects/{scene.ProjectId}");
        await project.ShouldBeAsync(ErrorCatalogue.NotFound);
        await GoesAwayAsync($"/cdn/m/{code}.json");
        await GoesAwayAsync(thumbnail);
    }

    private async Task<JsonElement> ManifestAsync(string code)
    {
        using var response = await _me.SendAsync("GET", $"/cdn/m/{code}.json");
        return JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
    }

    private async Task GoesAwayAsync(string url)
    {
        var deadline = DateTime.UtcNow.AddSeconds(30);
        while (true)
        {
            using var response = await _me.SendAsync("GET", url);
            if (response.StatusCode == HttpStatusCode.NotFound)
            {
                return;
            }

            (DateTime.UtcNow < deadline).ShouldBeTrue($"{url} is still served");
            await Task.Delay(200);
        }
    }
}
