using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Portico.Http;

namespace Portico.Accounts;

/// <summary><c>POST /auth/refresh</c>: the cookie's refresh token for a fresh access token and the next cookie.</summary>
public sealed class Refresh(AccountStore accounts, RefreshTokens refreshTokens, Sessions sessions)
{
    [Function(nameof(Refresh))]
    [Public("The refresh token in the cookie is what is checked.")]
    public async Task<IResult> Run([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "auth/refresh")] HttpRequest request, CancellationToken cancellation)
    {
        var refresh = await refreshTokens.RotateAsync(Sessions.ReadSecret(request), cancellation);

        // The account is read again, so roles that changed and accounts that were erased take effect here.
        var account = refresh is null ? null : await accounts.FindAsync(refresh.AccountId, cancellation);
        if (account is null)
        {
            sessions.ClearCookie(request);
            return Problem.Of(ErrorCatalogue.SessionEnded);
        }

        return ApiJson.Ok(sessions.Answer(request, account, refresh!));
    }
}
