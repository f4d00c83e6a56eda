using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Portico.Http;

namespace Portico.Accounts;

/// <summary>
/// <c>POST /auth/login</c>. A wrong password and an unknown address get the same answer, in the same time, from the
/// same count of attempts.
/// </summary>
public sealed class Login(AccountStore accounts, Passwords passwords, Sessions sessions, SignInAdmission admission)
{
    private sealed record Request(string? Email, string? Password);

    [Function(nameof(Login))]
    [Public("Signing in is how a caller becomes known.")]
    public async Task<IResult> Run([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "auth/login")] HttpRequest request, CancellationToken cancellation)
    {
        if (!(await JsonBody.ReadAsync<Request>(request, cancellation)).TryGet(out var body, out var problem))
        {
            return problem;
        }

        var errors = new FieldErrors();
        var email = Credentials.Email(errors, body.Email);
        if (string.IsNullOrEmpty(body.Password))
        {
            errors.Add("password", "Required.");
        }

        if (errors.Any)
        {
            return errors.ToProblem();
        }

        var admitted = await admission.EnterAsync(email, cancellation);
        using var turn = admitted.Turn;
        if (admitted.Refusal is not null)
        {
            return admitted.Refusal;
        }

        var account = await accounts.FindByEmailAsync(email, cancellation);
        if (body.Password!.Length > Passwords.MaxLength || !passwords.Verify(account, body.Password))
        {
            return Problem.Of(ErrorCatalogue.InvalidCredentials);
        }

        await admission.SucceededAsync(email, cancellation);
        return ApiJson.Ok(await sessions.BeginAsync(request, account!, cancellation));
    }
}
