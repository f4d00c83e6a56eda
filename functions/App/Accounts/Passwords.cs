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

    public string Hash(string password) => Hasher.HashPassword(null!, password);

    /// <summary>Whether the password is the account's. Takes as long for an account that doesn't exist.</summary>
    public bool Verify(Account? account, string password) =>
        Hasher.VerifyHashedPassword(null!, account?.PasswordHash ?? DecoyHash, password) != PasswordVerificationResult.Failed && account is not null;
}
