using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Portico.EmbeddedHost.SignalR;
using Portico.EmbeddedHost.Tests.Hosting;

namespace Portico.EmbeddedHost.Tests.SignalR;

public sealed class SignalRTests : IAsyncLifetime
{
    private TestHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await TestHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private SignalRService Service => _host.Service<SignalRService>();

    [Fact]
    public async Task Connect_WithConnectionInfo_StartsTheFunctionsForItsLife()
    {
        await using (await ConnectAsync("ann"))
        {
            await _host.Seen.WaitForAsync("connected ann r1 False");
        }

        await _host.Seen.WaitForAsync("disconnected ann");
    }

    [Fact]
    public async Task Call_WithNamedParameters_FunctionAnswersAndSendsToGroupAndCaller()
    {
        await using var ann = await ConnectAsync("ann");
        await using var bob = await ConnectAsync("bob");
        await using var outsider = await ConnectAsync("eve");
        foreach (var member in new[] { ann, bob })
        {
            await member.CallAsync("join", "[]", "j");
            await member.NextAnswerAsync("j");
        }

        await ann.CallAsync("object.move", """["o1",{"x":1.5,"label":"left"}]""");
        var moved = (await bob.NextCallAsync("moved"))[0];
        moved.GetProperty("id").GetString().ShouldBe("o1");
        moved.GetProperty("x").GetDouble().ShouldBe(1.5);
        moved.GetProperty("by").GetString().ShouldBe("ann");
        (await ann.NextCallAsync("thanks"))[0].GetString().ShouldBe("o1");

        await outsider.CallAsync("double", "[21]", "d");
        (await outsider.NextAsync(message => message.TryGetProperty("target", out var target) && target.GetString() == "moved"
            || message.TryGetProperty("invocationId", out _))).GetProperty("result").GetInt32().ShouldBe(42);
    }

    [Theory]
    [InlineData("fail", "[]", "The call failed.")]
    [InlineData("no.such.method", "[]", "There is no such method.")]
    [InlineData("double", "[\"secretvalue\"]", "'number' is not a valid Int32.")]
    [InlineData("double", "[1,2]", "Expected 1 arguments, got 2.")]
    public async Task Call_ThatCannotBeAnswered_TellsTheCallerNoMoreThanNeeded(string target, string arguments, string error)
    {
        await using var ann = await ConnectAsync("ann");
        await ann.CallAsync(target, arguments, "x");
        (await ann.NextAnswerAsync("x")).GetProperty("error").GetString()!.ShouldEndWith(error);
    }

    [Theory]
    [InlineData("""{"type":1,"target":5,"arguments":[]}""")]
    [InlineData("""{"type":1,"target":"double"}""")]
    [InlineData("""{"type":1,"target":"double","arguments":[1],"streamIds":["1"]}""")]
    [InlineData("not json at all")]
    [InlineData("[1,2,3]")]
    public async Task Send_NotAMessage_ClosesThatConnectionOnly(string message)
    {
        await using var ann = await ConnectAsync("ann");
        await using var bob = await ConnectAsync("bob");
        await ann.SendAsync(message);
        (await ann.IsClosedAsync()).ShouldBeTrue();
        await bob.CallAsync("double", "[4]", "x");
        (await bob.NextAnswerAsync("x")).GetProperty("result").GetInt32().ShouldBe(8);
    }

    [Fact]
    public async Task RestSend_ToGroupUserAndAll_ReachesExactlyThose()
    {
        await using var ann = await ConnectAsync("ann");
        await using var bob = await ConnectAsync("bob");
        (await RestAsync(HttpMethod.Put, "users/ann/groups/project%3A1")).ShouldBe(HttpStatusCode.Accepted);
        (await RestAsync(HttpMethod.Post, "groups/project%3A1/:send", """{"target":"progress","arguments":[{"percent":40}]}""")).ShouldBe(HttpStatusCode.Accepted);
        (await ann.NextCallAsync("progress"))[0].GetProperty("percent").GetInt32().ShouldBe(40);

        // A connection that the user makes later is in the group, too; one that was taken out is not.
        await using var annAgain = await ConnectAsync("ann");
        await _host.Seen.WaitForAsync("connected ann r1 False", times: 2);
        await RestAsync(HttpMethod.Post, "groups/project%3A1/:send", """{"target":"progress","arguments":[41]}""");
        (await annAgain.NextCallAsync("progress"))[0].GetInt32().ShouldBe(41);
        (await RestAsync(HttpMethod.Delete, "users/ann/groups/project%3A1")).ShouldBe(HttpStatusCode.Accepted);
        await RestAsync(HttpMethod.Post, "groups/project%3A1/:send", """{"target":"progress","arguments":[42]}""");
        await RestAsync(HttpMethod.Post, "users/bob/:send", """{"target":"hello","arguments":["bob"]}""");
        await RestAsync(HttpMethod.Post, ":send", """{"target":"everyone","arguments":[]}""");
        (await bob.NextCallAsync("hello"))[0].GetString().ShouldBe("bob");
        await bob.NextCallAsync("everyone");
        var next = await annAgain.NextAsync(message => message.TryGetProperty("target", out _));
        next.GetProperty("target").GetString().ShouldBe("everyone");
    }

    [Fact]
    public async Task OutputOfHttpFunction_MessageAndResponse_BothArrive()
    {
        await using var ann = await ConnectAsync("ann");
        await ann.CallAsync("join", "[]", "j");
        await ann.NextAnswerAsync("j");
        using var response = await _host.Client.PostAsync("/api/v1/both", null);
        response.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("sent").GetBoolean().ShouldBeTrue();
        (await ann.NextCallAsync("told"))[0].GetProperty("fromFunction").GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task RestSend_TokenForAnotherAddressOrKey_IsRefused()
    {
        const string body = """{"target":"x","arguments":[]}""";
        var path = "/api/hubs/portico/groups/a/:send";
        (await RestWithTokenAsync(path, body, Token(Service.AccessKey, Service.Endpoint + path))).ShouldBe(HttpStatusCode.Accepted);
        (await RestWithTokenAsync(path, body, Token(Service.AccessKey, Service.Endpoint + "/api/hubs/portico/groups/b/:send"))).ShouldBe(HttpStatusCode.Unauthorized);
        (await RestWithTokenAsync(path, body, Token("another key", Service.Endpoint + path))).ShouldBe(HttpStatusCode.Unauthorized);
        (await RestWithTokenAsync(path, body, Token(Service.AccessKey, Service.Endpoint + path, expires: -60))).ShouldBe(HttpStatusCode.Unauthorized);
        (await RestWithTokenAsync(path, body, Token(Service.AccessKey, Service.Endpoint + path, expires: null))).ShouldBe(HttpStatusCode.Unauthorized);
        (await RestWithTokenAsync(path, body, Token(Service.AccessKey, Service.Endpoint + path, algorithm: "none"))).ShouldBe(HttpStatusCode.Unauthorized);
        (await RestWithTokenAsync(path, body, "rubbish")).ShouldBe(HttpStatusCode.Unauthorized);
        (await RestWithTokenAsync(path, "{}", Token(Service.AccessKey, Service.Endpoint + path))).ShouldBe(HttpStatusCode.BadRequest);
        (await RestWithTokenAsync(path, "not json", Token(Service.AccessKey, Service.Endpoint + path))).ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Connect_ForgedExpiredOrForeignToken_IsRefused()
    {
        var hub = new Uri(_host.Origin, "/client/?hub=portico");
        var audience = Service.ClientAudiences("portico")[0];
        string[] refused =
        [
            Token("another key", audience),
            Token(Service.AccessKey, audience, expires: -60),
            Token(Service.AccessKey, audience, algorithm: "none"),
            Token(Service.AccessKey, Service.ClientAudiences("admin")[0]),
            Token(Service.AccessKey, Service.Endpoint + "/api/hubs/portico/:send"),
            "a.b.c",
            string.Empty,
        ];
        foreach (var token in refused)
        {
            await Should.ThrowAsync<WebSocketException>(() => HubClient.ConnectAsync(hub, token));
        }

        await using var accepted = await HubClient.ConnectAsync(hub, Token(Service.AccessKey, audience));
    }

    [Fact]
    public async Task Negotiate_ConnectionInfo_LivesAnHourAtMost()
    {
        var info = await NegotiateAsync("ann");
        info.Url.Host.ShouldBe("127.0.0.1");
        var payload = JsonDocument.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(info.Token.Split('.')[1])).RootElement;
        var lifetime = DateTimeOffset.FromUnixTimeSeconds(payload.GetProperty("exp").GetInt64()) - DateTimeOffset.UtcNow;
        lifetime.ShouldBeGreaterThan(TimeSpan.FromMinutes(55));
        lifetime.ShouldBeLessThanOrEqualTo(TimeSpan.FromHours(1));
    }

    [Fact]
    public async Task Send_Messages_CountsWhatAzureWouldBill()
    {
        await using var ann = await ConnectAsync("ann");
        await using var bob = await ConnectAsync("bob");
        await _host.Seen.WaitForAsync("connected bob r1 False");
        var meter = _host.Service<HubMeter>();
        var before = meter.Units;
        await RestAsync(HttpMethod.Post, ":send", """{"target":"small","arguments":[1]}""");
        (meter.Units - before).ShouldBe(2);

        before = meter.Units;
        await RestAsync(HttpMethod.Post, "users/ann/:send", $$"""{"target":"big","arguments":["{{new string('x', 5000)}}"]}""");
        (meter.Units - before).ShouldBe(3);

        before = meter.Units;
        await RestAsync(HttpMethod.Post, "groups/nobody/:send", """{"target":"small","arguments":[1]}""");
        (meter.Units - before).ShouldBe(0);
    }

    private async Task<HubClient> ConnectAsync(string user)
    {
        var info = await NegotiateAsync(user);
        return await HubClient.ConnectAsync(info.Url, info.Token);
    }

    private async Task<(Uri Url, string Token)> NegotiateAsync(string user)
    {
        using var response = await _host.Client.PostAsync($"/api/v1/negotiate/{user}", null);
        var info = await response.Content.ReadFromJsonAsync<JsonElement>();
        return (new Uri(info.GetProperty("url").GetString()!), info.GetProperty("accessToken").GetString()!);
    }

    private async Task<HttpStatusCode> RestAsync(HttpMethod method, string call, string? body = null)
    {
        var path = $"/api/hubs/portico/{call}";
        using var request = new HttpRequestMessage(method, path + "?api-version=2022-11-01") { Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Token(Service.AccessKey, Service.Endpoint + path));
        using var response = await _host.Client.SendAsync(request);
        return response.StatusCode;
    }

    private async Task<HttpStatusCode> RestWithTokenAsync(string path, string body, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body) };
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        using var response = await _host.Client.SendAsync(request);
        return response.StatusCode;
    }

    /// <summary>A token made without the code under test.</summary>
    private static string Token(string key, string audience, int? expires = 600, string algorithm = "HS256")
    {
        var payload = new Dictionary<string, object> { ["aud"] = audience };
        if (expires is { } seconds)
        {
            payload["exp"] = DateTimeOffset.UtcNow.AddSeconds(seconds).ToUnixTimeSeconds();
        }

        var signed = $"{Part(JsonSerializer.SerializeToUtf8Bytes(new { alg = algorithm, typ = "JWT" }))}.{Part(JsonSerializer.SerializeToUtf8Bytes(payload))}";
        return algorithm == "none" ? signed + "." : $"{signed}.{Part(HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), Encoding.ASCII.GetBytes(signed)))}";

        static string Part(byte[] bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);
    }
}
