using System.Security.Cryptography;
using Microsoft.Extensions.Configuration;
using Portico.Documents;

namespace Portico.Accounts;

/// <summary>
/// Sees that there is an administrator. Embedded, it is made on the first start with a random password, which is shown
/// once; in Azure its password comes from <c>Accounts__AdminPassword</c>.
/// </summary>
public sealed class FirstAdministrator(AccountStore accounts, Passwords passwords, IConfiguration settings, TimeProvider clock)
{
    // No 0/O, 1/l/I: it is read off a terminal.
    private const string PasswordAlphabet = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    private const int PasswordLength = 20;

    /// <summary><c>Accounts__AdminEmail</c>.</summary>
    public string Email { get; } = settings["Accounts:AdminEmail"] ?? "admin@portico.local";

    /// <summary>The administrator; null where neither a setting nor a terminal could give it a password.</summary>
    public async Task<FoundAdministrator?> EnsureAsync(CancellationToken cancellation)
    {
        if (await accounts.FindByEmailAsync(Email, cancellation) is { } existing)
        {
            return new(existing, GeneratedPassword: null);
        }

        var configured = settings["Accounts:AdminPassword"];
        var isEmbedded = settings["Portico:DataPath"] is not null;
        if (string.IsNullOrEmpty(configured) && !isEmbedded)
        {
            return null;
        }

        var generated = string.IsNullOrEmpty(configured) ? RandomNumberGenerator.GetString(PasswordAlphabet, PasswordLength) : null;
        var account = new Account
        {
            Id = DocumentId.New(Account.IdPrefix, clock),
            Email = Email,
            DisplayName = "Administrator",
            Roles = [Roles.Personal, Roles.Admin],
            PasswordHash = passwords.Hash(generated ?? configured!),
            CreatedAt = clock.GetUtcNow(),
        };
        if (await accounts.TryCreateAsync(account, cancellation))
        {
            return new(account, generated);
        }

        // Another instance was first.
        return await accounts.FindByEmailAsync(Email, cancellation) is { } other ? new(other, GeneratedPassword: null) : null;
    }
}

/// <param name="GeneratedPassword">To be shown once; null when the account was there or its password was configured.</param>
public sealed record FoundAdministrator(Account Account, string? GeneratedPassword);
