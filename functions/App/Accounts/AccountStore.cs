using Portico.Documents;

namespace Portico.Accounts;

/// <summary>Accounts by id and by e-mail address.</summary>
public sealed class AccountStore(IDocumentStore documents, TimeProvider clock)
{
    // A registration that died between its two writes leaves an address without an account; after this it is free again.
    private static readonly TimeSpan AbandonedAfter = TimeSpan.FromMinutes(1);

    public async Task<Account?> FindAsync(string accountId, CancellationToken cancellation) =>
        (await documents.GetAsync(Account.Documents, accountId, accountId, cancellation))?.Document;

    public async Task<Account?> FindByEmailAsync(string email, CancellationToken cancellation)
    {
        var id = EmailReservation.IdOf(email);
        var reservation = await documents.GetAsync(EmailReservation.Documents, id, id, cancellation);
        return reservation is null ? null : await FindAsync(reservation.Document.AccountId, cancellation);
    }

    /// <summary>Creates the account; false when another one has the address.</summary>
    public async Task<bool> TryCreateAsync(Account account, CancellationToken cancellation)
    {
        if (!await TryReserveAsync(account, cancellation))
        {
            return false;
        }

        var created = await documents.CreateAsync(Account.Documents, account, cancellation);
        return created.Outcome == WriteOutcome.Written
            ? true
            : throw new InvalidOperationException($"The fresh account id {account.Id} is taken.");
    }

    private async Task<bool> TryReserveAsync(Account account, CancellationToken cancellation)
    {
        var reservation = new EmailReservation(EmailReservation.IdOf(account.Email), account.Id, clock.GetUtcNow());
        var reserved = await documents.CreateAsync(EmailReservation.Documents, reservation, cancellation);
        if (reserved.Outcome == WriteOutcome.Written)
        {
            return true;
        }

        var held = await documents.GetAsync(EmailReservation.Documents, reservation.Id, reservation.Id, cancellation);
        if (held is null
            || clock.GetUtcNow() - held.Document.ReservedAt < AbandonedAfter
            || await FindAsync(held.Document.AccountId, cancellation) is not null)
        {
            return false;
        }

        return (await documents.ReplaceAsync(EmailReservation.Documents, reservation, held.ETag, cancellation)).Outcome == WriteOutcome.Written;
    }
}
