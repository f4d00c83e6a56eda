using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Portico.Http;

namespace Portico.Accounts;

/// <summary><c>GET /me</c></summary>
public sealed class GetMe(AccountStore accounts)
{
    [Function(nameof(GetMe))]
    [SignedIn]
    public async Task<IResult> Run([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "me")] HttpRequest request, CancellationToken cancellation) =>
        await accounts.FindAsync(request.Caller().AccountId, cancellation) is { } account
            ? ApiJson.Ok(AccountView.Of(account))
            : Problem.Of(ErrorCatalogue.InvalidToken);
}
