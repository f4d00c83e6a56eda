using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Portico.Documents;
using Portico.Http;

namespace Portico.Accounts;

/// <summary><c>POST /auth/register</c>: a personal account, signed in at once.</summary>
public sealed class Register(AccountStore accounts, Passwords passwords, Sessions sessions, SignInAdmission admission, FirstAdministrator administrator, TimeProvider clock)
{
    private sealed record Request(string? Email, string? Password, string? DisplayName);

    [Function(nameof(Register))]
    [Public("Whoever registers has no account yet.")]
    public async Task<IResult> Run([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "auth/register")] HttpRequest request, CancellationToken cancellation)
    {
        if (!(await JsonBody.ReadAsync<Request>(request, cancellation)).TryGet(out var body, out var problem))
        {
            return problem;
        }

        var errors = new FieldErrors();
        var email = Credentials.Email(errors, body.Email);
        var displayName = errors.Text("displayName", body.DisplayName, maxLength: 100);
        Credentials.NewPassword(errors, body.Password);
        if (errors.Any)
        {
            return errors.ToProblem();
        }

        // Registering tells whether an address is taken; counting it like a sign-in keeps that from being asked in bulk.
        var admitted = await admission.EnterAsync(email, cancellation);
        using var turn = admitted.Turn;
        if (admitted.Refusal is not null)
        {
            return admitted.Refusal;
        }

        var account = new Account
        {
            Id = DocumentId.New(Account.IdPrefix, clock),
            Email = email,
            DisplayName = displayName,
            Roles = [Roles.Personal],
            PasswordHash = passwords.Hash(body.Password!),
            CreatedAt = clock.GetUtcNow(),
        };
        if (administrator.HasAddress(email) || !await accounts.TryCreateAsync(account, cancellation))
        {
            return Problem.Of(ErrorCatalogue.RegistrationRefused);
        }

        return ApiJson.Created(request.HttpContext.Response, "/api/v1/me", await sessions.BeginAsync(request, account, cancellation));
    }
}
