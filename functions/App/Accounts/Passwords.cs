using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Portico.Accounts;

/// <summary>PBKDF2-HMAC-SHA512 with 210,000 rounds, as OWASP advises.</summary>
public sealed class Passwords
{
    public const int MinLength = 10;
    public const int MaxLength = 200;

    private static readonly PasswordHasher<Account> Hasher = new(Options.Create(new PasswordHasherOptions { IterationCount = 210_000 }));

    // Verified against when there is no such account, so that the answer takes as long.
    private static readonly string DecoyHash = Hasher.HashPassword(null!, Guid.NewGuid().ToString());

    /// <summary>How many may wait for a turn: few enough that each gets one soon.</summary>
    public const int MaxWaiting = 16;

    /// <summary>How many are hashed or checked at a time. A core is left for everybody else.</summary>
    public static readonly int MaxAtOnce = Math.Max(1, Environment.ProcessorCount - 1);

    // Protects this process and nothing else: no answer depends on what is in it, and every instance has its own.
    private readonly SemaphoreSlim _turns = new(MaxAtOnce);
    private int _present;

    /// <summary>
    /// A turn to hash or check one password, to be disposed of after. Null when too many wait already: each takes a
    /// fraction of a second of a core, and anybody may ask.
    /// </summary>
    public async Task<IDisposable?> TakeTurnAsync(CancellationToken cancellation)
    {
        if (Interlocked.Increment(ref _present) > MaxAtOnce + MaxWaiting)
        {
            Interlocked.Decrement(ref _present);
            return null;
        }

        try
        {
            await _turns.WaitAsync(cancellation);
            return new Turn(this);
        }
        catch (OperationCanceledException)
        {
            Interlocked.Decrement(ref _present);
            throw;
        }
    }

    public string Hash(string password) => Hasher.HashPassword(null!, password);

    /// <summary>Whether the password is the account's. Takes as long for an account that doesn't exist.</summary>
    public bool Verify(Account? account, string password) =>
        Hasher.VerifyHashedPassword(null!, account?.PasswordHash ?? DecoyHash, password) != PasswordVerificationResult.Failed && account is not null;

    private sealed class Turn(Passwords passwords) : IDisposable
    {
        public void Dispose()
        {
            passwords._turns.Release();
            Interlocked.Decrement(ref passwords._present);
        }
    }
}
