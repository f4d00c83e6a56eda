using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Portico.Accounts;
using Portico.Http;

namespace Integration;

/// <summary>Every route, from the app's own table, against strangers and bad tokens.</summary>
[Collection(AppCollection.Name)]
public sealed class AccessTests(RunningApp app, Neighbours neighbours) : IClassFixture<Neighbours>, IAsyncLifetime
{
    private static readonly RouteTable Table = new(typeof(RouteTable).Assembly);

    private Campaigner _owner = null!;
    private Campaigner _stranger = null!;
    private string _strangersToken = "";

    public static TheoryData<string, string, string> GuardedRoutes => Routes(access => access is not PublicAttribute);

    public static TheoryData<string, string, string> AdministratorRoutes => Routes(access => access is AdministratorAttribute);

    public static TheoryData<string, string, string> ProjectRoutes => Routes(access => access is ProjectMemberAttribute);

    public async ValueTask InitializeAsync()
    {
        (_owner, _stranger) = await neighbours.MoveInAsync(app);
        _strangersToken = _stranger.AccessToken;
    }

    public ValueTask DisposeAsync()
    {
        _stranger.AccessToken = _strangersToken;
        return ValueTask.CompletedTask;
    }

    [Theory]
    [MemberData(nameof(GuardedRoutes))]
    public async Task Route_WithoutToken_Is401(string function, string method, string template)
    {
        using var anonymous = new HttpClient { BaseAddress = app.Origin };
        using var response = await anonymous.SendAsync(new HttpRequestMessage(new HttpMethod(method), $"/api/v1/{Fill(template, new string('x', 8))}"));

        await response.ShouldBeAsync(ErrorCatalogue.Unauthenticated, function);
        response.Headers.WwwAuthenticate.ToString().ShouldBe("Bearer");
    }

    [Theory]
    [MemberData(nameof(GuardedRoutes))]
    public async Task Route_WithForgedExpiredOrForeignToken_Is401(string function, string method, string template)
    {
        var path = Fill(template, new string('x', 8));
        foreach (var (token, expected) in BadTokens())
        {
            _stranger.AccessToken = token;
            using var response = await _stranger.SendAsync(method, path);

            await response.ShouldBeAsync(expected, $"{function} with {token}");
        }
    }

    [Theory]
    [MemberData(nameof(ProjectRoutes))]
    public async Task Route_OfAnothersProject_IsAsIfItDidNotExist(string function, string method, string template)
    {
        var id = await OwnersResourceAsync(((ProjectMemberAttribute)Table.Find(function)!).Resource);

        // A body that would be fine: the refusal must not depend on it, nor come after it was acted upon.
        using var refused = await _stranger.SendJsonAsync(method, Fill(template, id), "{}");
        var problem = await refused.ShouldBeAsync(ErrorCatalogue.NotFound, function);

        using var absent = await _stranger.SendJsonAsync(method, Fill(template, Absent(id)), "{}");
        var nothing = await absent.ShouldBeAsync(ErrorCatalogue.NotFound, function);
        Told(problem).ShouldBe(Told(nothing), "a stranger must not learn that it exists");
    }

    [Theory]
    [MemberData(nameof(AdministratorRoutes))]
    public async Task Route_OfAdministrators_RefusesAnotherRole(string function, string method, string template)
    {
        using var response = await _stranger.SendJsonAsync(method, Fill(template, "x"), "{}");

        await response.ShouldBeAsync(ErrorCatalogue.Forbidden, function);
    }

    [Fact]
    public async Task ListProjects_OfAStranger_HoldsNothingOfTheOwners()
    {
        var projectId = await _owner.CreateProjectAsync();

        (await _stranger.CallAsync("GET", "projects")).ToString().ShouldNotContain(projectId);
    }

    [Fact]
    public async Task GenerateMarker_OfAnothersAsset_IsAsIfItDidNotExist()
    {
        var assetId = await OwnersResourceAsync(ProjectResource.Asset);

        using var response = await _stranger.SendJsonAsync("POST", "markers/generate", $$"""{"assetId":"{{assetId}}"}""");

        await response.ShouldBeAsync(ErrorCatalogue.NotFound);
    }

    [Fact]
    public async Task CreateLink_WithAnothersAsset_IsRefused()
    {
        var assetId = await OwnersResourceAsync(ProjectResource.Asset);
        var projectId = await _stranger.CreateProjectAsync();

        using var response = await _stranger.SendJsonAsync("POST", $"projects/{projectId}/links", $$"""{"title":"x","targets":[{"imageAssetId":"{{assetId}}","contentAssetId":"{{assetId}}"}]}""");

        (await response.ShouldBeAsync(ErrorCatalogue.InvalidRequest)).Fields().ShouldBe(["targets[0].imageAssetId"]);
    }

    private IEnumerable<(string Token, ErrorCode Expected)> BadTokens()
    {
        using var ours = SigningKey.FromText(File.ReadAllText(Path.Combine(app.DataPath, "keys", "access-token.pem")));
        var good = new AccessTokens(ours, TimeProvider.System).Issue("acc_1", [Roles.Admin]).Token;
        var parts = good.Split('.');

        yield return (new AccessTokens(ours, new Yesterday()).Issue("acc_1", []).Token, ErrorCatalogue.TokenExpired);
        using (var key = ECDsa.Create(ECCurve.NamedCurves.nistP256))
        using (var foreign = SigningKey.FromText(key.ExportPkcs8PrivateKeyPem()))
        {
            yield return (new AccessTokens(foreign, TimeProvider.System).Issue("acc_1", []).Token, ErrorCatalogue.InvalidToken);
        }

        yield return ($"{parts[0]}.{Encode(Decode(parts[1]).Replace("acc_1", "acc_2", StringComparison.Ordinal))}.{parts[2]}", ErrorCatalogue.InvalidToken);
        yield return ($"{Encode("""{"alg":"none","typ":"at+jwt"}""")}.{parts[1]}.", ErrorCatalogue.InvalidToken);
        yield return ("nonsense", ErrorCatalogue.InvalidToken);
    }

    private async Task<string> OwnersResourceAsync(ProjectResource resource)
    {
        var projectId = await _owner.CreateProjectAsync();
        if (resource == ProjectResource.Project)
        {
            return projectId;
        }

        if (resource == ProjectResource.Link)
        {
            return await neighbours.OwnersLinkAsync();
        }

        var (assetId, _) = await _owner.AnnounceAsync(projectId, "x.jpg", "image/jpeg", 10);
        return resource == ProjectResource.Asset ? assetId : "mrk_" + assetId["ast_".Length..];
    }

    // The same form, so that it passes the same checks on the way to "no".
    private static string Absent(string id) => id.Contains('_') ? id[..4] + new string('0', 26) + id[30..] : "zzzzzzzz";

    private static string Told(JsonElement problem) =>
        string.Join('|', problem.EnumerateObject().Where(member => member.Name is not ("instance" or "traceId")).Select(member => member.ToString()));

    private static string Fill(string template, string id) => System.Text.RegularExpressions.Regex.Replace(template, @"\{\w+\}", id);

    private static TheoryData<string, string, string> Routes(Func<RouteAccessAttribute, bool> which)
    {
        var data = new TheoryData<string, string, string>();
        foreach (var route in Table.Routes.Where(route => which(route.Access)))
        {
            foreach (var method in route.Methods)
            {
                data.Add(route.Function, method.ToUpperInvariant(), route.Template);
            }
        }

        return data;
    }

    private static string Decode(string part) => Encoding.UTF8.GetString(System.Buffers.Text.Base64Url.DecodeFromChars(part));

    private static string Encode(string text) => System.Buffers.Text.Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    private sealed class Yesterday : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow().AddDays(-1);
    }
}

/// <summary>Two accounts for all tests of the class: making one costs a password hash on purpose.</summary>
public sealed class Neighbours : IDisposable
{
    private Campaigner? _owner;
    private Campaigner? _stranger;
    private string? _link;

    public async Task<(Campaigner Owner, Campaigner Stranger)> MoveInAsync(RunningApp app) =>
        (_owner ??= await Campaigner.RegisterAsync(app), _stranger ??= await Campaigner.RegisterAsync(app));

    public async Task<string> OwnersLinkAsync() => _link ??= await new Scene(_owner!).LinkAsync();

    public void Dispose()
    {
        _owner?.Dispose();
        _stranger?.Dispose();
    }
}
