using Microsoft.AspNetCore.Http;
using Portico.Http;

namespace Portico.Accounts;

/// <summary>What sign-in, registration and refresh answer; the refresh token travels beside it, in a cookie.</summary>
public sealed record SessionView(string AccessToken, DateTimeOffset ExpiresAt, AccountView Account);

/// <summary>Begins and continues sessions, and carries the refresh token in a cookie that no script can read.</summary>
public sealed class Sessions(AccessTokens accessTokens, RefreshTokens refreshTokens, PublicOrigin origin)
{
    private const string CookieName = "portico_refresh";
    private const string CookiePath = "/api/v1/auth";

    /// <summary>A new session for someone who has just proved who they are.</summary>
    public async Task<SessionView> BeginAsync(HttpRequest request, Account account, CancellationToken cancellation) =>
        Answer(request, account, await refreshTokens.BeginAsync(account.Id, cancellation));

    /// <summary>The secret in the request's cookie, or "".</summary>
    public static string ReadSecret(HttpRequest request) => request.Cookies[CookieName] ?? "";

    /// <summary>Hands out a fresh access token and the next refresh token.</summary>
    public SessionView Answer(HttpRequest request, Account account, IssuedRefreshToken refresh)
    {
        request.HttpContext.Response.Cookies.Append(CookieName, refresh.Secret, Cookie(request, refresh.ExpiresAt));
        request.HttpContext.Response.Headers.CacheControl = "no-store";
        var (token, expiresAt) = accessTokens.Issue(account.Id, account.Roles);
        return new SessionView(token, expiresAt, AccountView.Of(account));
    }

    public void ClearCookie(HttpRequest request) =>
        request.HttpContext.Response.Cookies.Delete(CookieName, Cookie(request, expiresAt: null));

    private CookieOptions Cookie(HttpRequest request, DateTimeOffset? expiresAt) => new()
    {
        HttpOnly = true,
        IsEssential = true,
        SameSite = SameSiteMode.Strict,
        Secure = origin.IsHttps(request),
        Path = CookiePath,
        Expires = expiresAt,
    };
}
