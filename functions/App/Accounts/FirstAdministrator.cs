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

    private static readonly TimeSpan AddressPoll = TimeSpan.FromSeconds(1);

    /// <summary><c>Accounts__AdminEmail</c>.</summary>
    public string Email { get; } = settings["Accounts:AdminEmail"] ?? "admin@portico.local";

    /// <summary>Whether the address is the administrator's, in any spelling: nobody may register with it, made yet or not.</summary>
    public bool HasAddress(string email) => EmailReservation.HashOf(email) == EmailReservation.HashOf(Email);

    /// <summary>The administrator; null where neither a setting nor a terminal could give it a password.</summary>
    /// <param name="show">
    /// Given a password that was made up, before the account is made: cut short in between, the next start makes up
    /// another, where the other way round nobody would ever have seen the one that counts.
    /// </param>
    /// <exception cref="InvalidOperationException">The address belongs to somebody who is no administrator.</exception>
    public async Task<Account?> EnsureAsync(Action<string> show, CancellationToken cancellation)
    {
        if (await accounts.FindByEmailAsync(Email, cancellation) is { } existing)
        {
            return Administrator(existing);
        }

        // Only the embedded host says where it listens; without it there is no terminal, only a log that is kept.
        var configured = settings["Accounts:AdminPassword"];
        var isEmbedded = settings["Portico:DefaultOrigin"] is not null;
        if (string.IsNullOrEmpty(configured) && !isEmbedded)
        {
            return null;
        }

        var password = string.IsNullOrEmpty(configured) ? RandomNumberGenerator.GetString(PasswordAlphabet, PasswordLength) : configured;
        var account = new Account
        {
            Id = DocumentId.New(Account.IdPrefix, clock),
            Email = Email,
            DisplayName = "Administrator",
            Roles = [Roles.Personal, Roles.Admin],
            PasswordHash = passwords.Hash(password),
            CreatedAt = clock.GetUtcNow(),
        };
        if (string.IsNullOrEmpty(configured))
        {
            show(password);
        }

        while (!await accounts.TryCreateAsync(account, cancellation))
        {
            if (await accounts.FindByEmailAsync(Email, cancellation) is { } other)
            {
                // Another instance was first.
                return Administrator(other);
            }

            // A start that was cut short holds the address a little longer.
            await Task.Delay(AddressPoll, clock, cancellation);
        }

        return account;
    }

    private static Account Administrator(Account found) => found.Roles.Contains(Roles.Admin)
        ? found
        : throw new InvalidOperationException($"The address that Accounts__AdminEmail names belongs to account {found.Id}, which is no administrator's. Name another.");
}
