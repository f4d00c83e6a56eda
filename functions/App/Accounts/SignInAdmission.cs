using Portico.Http;

namespace Portico.Accounts;

/// <summary>What stands before every look at a password: a turn on the processor, and the address's count of attempts.</summary>
public sealed class SignInAdmission(Passwords passwords, SignInThrottle throttle)
{
    /// <summary>A turn to dispose of after the look, or why there is none. A refusal for want of a turn counts as no attempt.</summary>
    public async Task<(IDisposable? Turn, Problem? Refusal)> EnterAsync(string email, CancellationToken cancellation)
    {
        var turn = await passwords.TakeTurnAsync(cancellation);
        if (turn is null)
        {
            return (null, new Problem(ErrorCatalogue.SignInBusy) { RetryAfter = TimeSpan.FromSeconds(2) });
        }

        try
        {
            return await throttle.BeginAsync(email, cancellation) is { } wait
                ? (turn, new Problem(ErrorCatalogue.TooManyAttempts) { RetryAfter = wait })
                : (turn, null);
        }
        catch
        {
            turn.Dispose();
            throw;
        }
    }

    /// <summary>The password was right: see <see cref="SignInThrottle.SucceededAsync"/>.</summary>
    public Task SucceededAsync(string email, CancellationToken cancellation) => throttle.SucceededAsync(email, cancellation);
}
