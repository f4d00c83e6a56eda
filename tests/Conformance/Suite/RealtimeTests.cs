using System.Text;
using System.Text.Json;
using Portico.EmbeddedHost.Tests.SignalR;

namespace Conformance;

/// <summary>Negotiation, and messages in both directions. In Azure's flavour these need the service, or its emulator.</summary>
[Trait("Needs", "SignalR")]
public sealed class RealtimeTests(Target target)
{
    private sealed record Connection(string Url, string AccessToken)
    {
        public Uri Address => new(Url);

        public Dictionary<string, JsonElement> Claims => JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(Base64Url(AccessToken.Split('.')[1]))!;
    }

    /// <summary>
    /// The address is the hub's, its name in lower case; the token is for that address, names the user, and ends within the
    /// hour. Source: Azure/azure-functions-signalrservice-extension, test/SignalRServiceExtension.Tests/AzureSignalRClientTests.cs, GetClientConnectionInfo.
    /// </summary>
    [Fact]
    public async Task Negotiate_GivesTheHubsAddressAndATokenForIt()
    {
        var user = Key.New("user");

        var connection = await NegotiateAsync($"realtime/{user}/negotiate");

        connection.Address.PathAndQuery.ShouldBe("/client/?hub=conformance");
        var claims = connection.Claims;
        new Uri(claims["aud"].GetString()!).PathAndQuery.ShouldBe("/client/?hub=conformance");
        claims.Where(claim => claim.Key is "asrs.s.uid" or "nameid").Select(claim => claim.Value.GetString()).ShouldBe([user]);
        var lifetime = DateTimeOffset.FromUnixTimeSeconds(claims["exp"].GetInt64()) - DateTimeOffset.UtcNow;
        lifetime.ShouldBeInRange(TimeSpan.FromMinutes(50), TimeSpan.FromMinutes(61));
    }

    [Fact]
    public async Task Negotiate_TakesTheUserFromAHeader()
    {
        var user = Key.New("user");

        var connection = await NegotiateAsync("realtime-by-header/negotiate", ("x-user", user));

        connection.Claims.Values.Select(claim => claim.ToString()).ShouldContain(user);
    }

    [Fact]
    public async Task Negotiate_WithoutAUser_NamesNone() =>
        (await NegotiateAsync("realtime-nobody/negotiate")).Claims.Keys.ShouldNotContain(name => name == "asrs.s.uid" || name == "nameid");

    /// <summary>Claims of an id token are passed on, those that are listed and no others. Source: AzureSignalRClientTests.cs, GetClientConnectionInfo.</summary>
    [Fact]
    public async Task Negotiate_PassesListedClaimsOn()
    {
        var idToken = $"{Encode("""{"alg":"none"}""")}.{Encode("""{"name":"Ada","team":"engines","shoe":"39"}""")}.x";

        var claims = (await NegotiateAsync("realtime-with-claims/negotiate", ("x-id-token", idToken))).Claims;

        claims["name"].GetString().ShouldBe("Ada");
        claims["team"].GetString().ShouldBe("engines");
        claims.Keys.ShouldNotContain("shoe");
    }

    /// <summary>Source: Azure/azure-functions-signalrservice-extension, test/SignalRServiceExtension.Tests/SignalRAsyncCollectorTests.cs, AddAsync_WithUserId_CallsSendToUser.</summary>
    [Fact]
    public async Task Message_ToAUser_ReachesThatUserAlone()
    {
        var (ada, bob) = (Key.New("ada"), Key.New("bob"));
        await using var adasClient = await ConnectAsync(ada);
        await using var bobsClient = await ConnectAsync(bob);

        await SendAsync("user", ada, "for-ada");
        await SendAsync("user", bob, "for-bob");

        (await adasClient.NextCallAsync("told"))[0].GetString().ShouldBe("for-ada");
        (await bobsClient.NextCallAsync("told"))[0].GetString().ShouldBe("for-bob");
    }

    /// <summary>Source: the same file, AddAsync_WithUserId_CallsAddUserToGroup, AddAsync_WithUserId_CallsRemoveUserFromGroup.</summary>
    [Fact]
    public async Task Message_ToAGroup_ReachesItsMembersAlone()
    {
        var (inside, outside, group) = (Key.New("in"), Key.New("out"), Key.New("group"));
        await using var insider = await ConnectAsync(inside);
        await using var outsider = await ConnectAsync(outside);
        await MoveAsync(group, inside, "Add");
        await MoveAsync(group, outside, "Add");
        await MoveAsync(group, outside, "Remove");

        await SendAsync("group", group, "for-the-group");
        await SendAsync("user", outside, "not-for-the-group");

        (await insider.NextCallAsync("told"))[0].GetString().ShouldBe("for-the-group");
        (await outsider.NextCallAsync("told"))[0].GetString().ShouldBe("not-for-the-group");
    }

    /// <summary>Messages to one connection arrive in the order of the calls that sent them, each after the other was answered.</summary>
    [Fact]
    public async Task Messages_SentOneAfterTheOther_ArriveInOrder()
    {
        var user = Key.New("user");
        await using var client = await ConnectAsync(user);
        for (var i = 0; i < 10; i++)
        {
            await SendAsync("user", user, i.ToString());
        }

        for (var i = 0; i < 10; i++)
        {
            (await client.NextCallAsync("told"))[0].GetString().ShouldBe(i.ToString());
        }
    }

    /// <summary>Source: Azure/azure-functions-signalrservice-extension, test/SignalRServiceExtension.Tests/Trigger/SignalRTriggerDispatcherTests.cs, DispatcherMappingTest.</summary>
    [Fact]
    public async Task Connection_ThatComesAndGoes_StartsFunctions()
    {
        var user = Key.New("user");
        var client = await ConnectAsync(user, room: "the-room");
        await target.ObservationsAsync($"realtime-{user}", seen => seen.Contains("connected the-room"));

        await client.DisposeAsync();

        (await target.ObservationsAsync($"realtime-{user}", seen => seen.Count == 2)).ShouldBe(["connected the-room", "disconnected"]);
    }

    /// <summary>A client's call starts the function of that name, its arguments by name. Source: the same folder, SignalRTriggerBindingProviderTests.cs.</summary>
    [Fact]
    public async Task Call_ByAClient_BindsItsArguments()
    {
        var user = Key.New("user");
        await using var client = await ConnectAsync(user);

        await client.CallAsync("move", """["chair-1", {"x": 1.5, "label": "left"}]""");

        var told = await client.NextCallAsync("moved");
        told.EnumerateArray().Select(part => part.ToString()).ShouldBe(["chair-1", "1.5", "left", user]);
    }

    private async Task<Connection> NegotiateAsync(string path, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, target.Address(path));
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        return await Target.ReadAsync<Connection>(await target.SendAsync(request));
    }

    private async Task<HubClient> ConnectAsync(string user, string room = "r1")
    {
        var connection = await NegotiateAsync($"realtime/{user}/negotiate");
        return await HubClient.ConnectAsync(connection.Address, connection.AccessToken, room);
    }

    private async Task SendAsync(string kind, string to, string text) => (await target.SendAsync(HttpMethod.Post, $"realtime-send/{kind}/{to}/{text}")).EnsureSuccessStatusCode();

    private async Task MoveAsync(string group, string user, string action) => (await target.SendAsync(HttpMethod.Post, $"realtime-groups/{group}/{user}/{action}")).EnsureSuccessStatusCode();

    private static byte[] Base64Url(string text) => System.Buffers.Text.Base64Url.DecodeFromChars(text);

    private static string Encode(string text) => System.Buffers.Text.Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));
}
