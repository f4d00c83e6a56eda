using System.Net;
using System.Text.Json;
using Portico.Accounts;
using Portico.Http;

namespace Integration;

[Collection(AppCollection.Name)]
public sealed class SessionTests(RunningApp app) : IAsyncLifetime
{
    private Campaigner _me = null!;

    public async ValueTask InitializeAsync() => _me = await Campaigner.RegisterAsync(app);

    public ValueTask DisposeAsync()
    {
        _me.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Login_ThenRefresh_GoesOnAndLogoutEndsIt()
    {
        var first = await SignInAsync();
        var (second, session) = await RefreshAsync(first);

        session.GetProperty("account").GetProperty("email").GetString().ShouldBe(_me.Email);
        second.ShouldNotBe(first);

        using var logout = await _me.SendAsync("POST", "auth/logout", null, ("Cookie", second));
        logout.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        using var after = await _me.SendAsync("POST", "auth/refresh", null, ("Cookie", second));
        await after.ShouldBeAsync(ErrorCatalogue.SessionEnded);
    }

    [Fact]
    public async Task Login_Cookie_IsOutOfReachOfScriptsAndOtherSites()
    {
        using var response = await _me.SendJsonAsync("POST", "auth/login", Credentials(_me.Password));
        var cookie = response.Headers.GetValues("Set-Cookie").Single();

        cookie.ShouldContain("httponly", Case.Insensitive);
        cookie.ShouldContain("samesite=strict", Case.Insensitive);
        cookie.ShouldContain("path=/api/v1/auth", Case.Insensitive);
        response.Headers.CacheControl!.NoStore.ShouldBeTrue();
        (await response.Content.ReadAsStringAsync()).ShouldNotContain(cookie.Split('=')[1].Split(';')[0]);
    }

    [Fact]
    public async Task Login_WrongPasswordAndUnknownAddress_AreToldTheSame()
    {
        using var wrong = await _me.SendJsonAsync("POST", "auth/login", Credentials("not the password"));
        using var unknown = await _me.SendJsonAsync("POST", "auth/login", """{"email":"nobody@example.com","password":"not the password"}""");

        var a = await wrong.ShouldBeAsync(ErrorCatalogue.InvalidCredentials);
        var b = await unknown.ShouldBeAsync(ErrorCatalogue.InvalidCredentials);
        a.EnumerateObject().Select(member => member.Name).ShouldBe(b.EnumerateObject().Select(member => member.Name));
    }

    [Fact]
    public async Task Login_Guessing_IsStoppedAndSaysForHowLong()
    {
        for (var i = 0; i < SignInThrottle.MaxAttempts - 1; i++)
        {
            using var guess = await _me.SendJsonAsync("POST", "auth/login", Credentials($"guess number {i}"));
        }

        using var last = await _me.SendJsonAsync("POST", "auth/login", Credentials("guess again"));
        using var stopped = await _me.SendJsonAsync("POST", "auth/login", Credentials(_me.Password));

        _ = last;
        await stopped.ShouldBeAsync(ErrorCatalogue.TooManyAttempts);
        stopped.Headers.RetryAfter!.Delta!.Value.ShouldBeInRange(TimeSpan.FromSeconds(1), SignInThrottle.Window);
    }

    [Fact]
    public async Task Register_TakenAddress_IsRefused()
    {
        using var response = await _me.SendJsonAsync("POST", "auth/register", $$"""{"email":"{{_me.Email.ToUpperInvariant()}}","password":"long enough","displayName":"x"}""");

        await response.ShouldBeAsync(ErrorCatalogue.RegistrationRefused);
    }

    [Fact]
    public async Task FirstStart_PrintsAnAdministratorWhoCanSignIn()
    {
        var line = (await app.LineAsync("portico admin ")).Split(' ');

        // It is shown an instant before it counts.
        JsonElement session;
        var deadline = DateTime.UtcNow.AddSeconds(10);
        while (true)
        {
            using var response = await _me.SendJsonAsync("POST", "auth/login", $$"""{"email":"{{line[2]}}","password":"{{line[3]}}"}""");
            session = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
            if (response.StatusCode == HttpStatusCode.OK)
            {
                break;
            }

            (DateTime.UtcNow < deadline).ShouldBeTrue(session.ToString());
            await Task.Delay(500);
        }

        session.GetProperty("account").GetProperty("roles").EnumerateArray().Select(role => role.GetString()).ShouldContain("admin");
    }

    private async Task<string> SignInAsync()
    {
        using var response = await _me.SendJsonAsync("POST", "auth/login", Credentials(_me.Password));
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        return CookieOf(response);
    }

    private async Task<(string Cookie, JsonElement Session)> RefreshAsync(string cookie)
    {
        using var response = await _me.SendAsync("POST", "auth/refresh", null, ("Cookie", cookie));
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        return (CookieOf(response), JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement);
    }

    private static string CookieOf(HttpResponseMessage response) => response.Headers.GetValues("Set-Cookie").Single().Split(';')[0];

    private string Credentials(string password) => JsonSerializer.Serialize(new { email = _me.Email, password });
}
