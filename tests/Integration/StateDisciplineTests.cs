using System.Net;
using System.Text;
using System.Text.Json;

namespace Integration;

/// <summary>
/// The main story on an app whose every invocation gets services of its own and whose every orchestration step is a replay,
/// as if each ran on an instance that has just started. A function that relies on what it kept in memory fails here.
/// </summary>
public sealed class StateDisciplineTests : IAsyncLifetime
{
    /// <summary>
    /// What the app hands over ready-made, so that it can't be made anew. Each must hold no state:
    /// the route table is read from attributes once and never written; the clock is the system's;
    /// the work folders' one field is where they lie, made at start since old ones are swept there.
    /// </summary>
    private static readonly string[] CarriedOver = ["Portico.Http.RouteTable", "Portico.Tools.WorkFolders", "System.TimeProvider+SystemTimeProvider"];

    private readonly string _dataPath = Directory.CreateTempSubdirectory("portico-state-").FullName;
    private readonly RunningApp _app;

    public StateDisciplineTests() => _app = new(_dataPath, seedsDemo: false, ("Portico__FreshProviderPerInvocation", "true"));

    public ValueTask InitializeAsync() => _app.InitializeAsync();

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        Directory.Delete(_dataPath, recursive: true);
    }

    [Fact]
    public async Task MainStory_EveryInvocationOnServicesOfItsOwn_GoesAsEver()
    {
        using var registered = await Campaigner.RegisterAsync(_app);
        using var me = await Campaigner.SignInAsync(_app, registered.Email, registered.Password);
        (await me.CallAsync("GET", "me")).GetProperty("email").GetString().ShouldBe(me.Email);

        using (var signedIn = await me.SendJsonAsync("POST", "auth/login", JsonSerializer.Serialize(new { email = me.Email, password = me.Password })))
        {
            var cookie = signedIn.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
            using var refreshed = await me.SendAsync("POST", "auth/refresh", null, ("Cookie", cookie));
            refreshed.StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        var scene = new Scene(me);
        var code = await scene.LinkAsync("Kept nowhere but on disk");

        (await me.CallAsync("POST", $"projects/{scene.ProjectId}/negotiate")).GetProperty("url").GetString().ShouldNotBeNullOrEmpty();

        using var manifest = await me.SendAsync("GET", $"/cdn/m/{code}.json");
        JsonDocument.Parse(await manifest.Content.ReadAsStringAsync()).RootElement.GetProperty("title").GetString().ShouldBe("Kept nowhere but on disk");
        await me.CallAsync("PATCH", $"links/{code}", new { title = "Changed" });
        (await me.CallAsync("GET", $"links/{code}")).GetProperty("title").GetString().ShouldBe("Changed");

        var beacon = JsonSerializer.Serialize(new { code, sessionId = "s1", events = new[] { new { id = "event-000001", type = "view_started", at = DateTimeOffset.UtcNow } } });
        using var anonymous = new HttpClient { BaseAddress = _app.Origin };
        for (var i = 0; i < 2; i++)
        {
            using var accepted = await anonymous.PostAsync("/api/v1/analytics/track", new StringContent(beacon, Encoding.UTF8, "text/plain"));
            accepted.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        }

        (await me.CallAsync("GET", $"projects/{scene.ProjectId}/analytics")).GetProperty("totals").GetProperty("view_started").GetInt64().ShouldBe(1, "a repeated event is known without memory");
        await me.CallAsync("DELETE", $"links/{code}", expected: HttpStatusCode.NoContent);

        var line = _app.Output.Split('\n').Single(written => written.Contains("Carried over: ", StringComparison.Ordinal));
        line.Split("Carried over: ")[1].Trim().Split(", ").ShouldBeSubsetOf(CarriedOver);
    }
}
