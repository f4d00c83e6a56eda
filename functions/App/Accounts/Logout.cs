using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Portico.Http;

namespace Portico.Accounts;

/// <summary><c>POST /auth/logout</c>: ends the session everywhere; the access token runs out by itself.</summary>
public sealed class Logout(RefreshTokens refreshTokens, Sessions sessions)
{
    [Function(nameof(Logout))]
    [Public("Signing out must work with an expired access token.")]
    public async Task<IResult> Run([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "auth/logout")] HttpRequest request, CancellationToken cancellation)
    {
        await refreshTokens.EndAsync(Sessions.ReadSecret(request), cancellation);
        sessions.ClearCookie(request);
        return Results.NoContent();
    }
}
