using App.Tests.Documents;
using Portico.Accounts;
using Portico.Documents;

namespace App.Tests.Accounts;

public sealed class AccountStoreTests : IAsyncDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly SqliteDocuments _documents = new();
    private readonly SettableClock _clock = new();
    private readonly AccountStore _accounts;

    public AccountStoreTests() => _accounts = new AccountStore(_documents.Store, _clock);

    public ValueTask DisposeAsync() => _documents.DisposeAsync();

    [Fact]
    public async Task TryCreate_SameAddressAtOnce_OneWins()
    {
        var created = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() => _accounts.TryCreateAsync(NewAccount(i % 2 == 0 ? "a@example.com" : "A@EXAMPLE.COM"), None))));

        created.Count(won => won).ShouldBe(1);
    }

    [Fact]
    public async Task FindByEmail_OtherCase_FindsTheAccount()
    {
        var account = NewAccount("Jörg@example.com");
        await _accounts.TryCreateAsync(account, None);

        (await _accounts.FindByEmailAsync("jÖRG@EXAMPLE.com", None)).ShouldNotBeNull().Id.ShouldBe(account.Id);
    }

    [Fact]
    public async Task TryCreate_AddressHeldByARegistrationThatDied_IsFreeAfterAWhile()
    {
        var dead = new EmailReservation(EmailReservation.IdOf("a@example.com"), "acc_never", _clock.GetUtcNow());
        await _documents.Store.CreateAsync(EmailReservation.Documents, dead, None);

        (await _accounts.TryCreateAsync(NewAccount("a@example.com"), None)).ShouldBeFalse("it may still be under way");
        _clock.Advance(TimeSpan.FromMinutes(2));
        (await _accounts.TryCreateAsync(NewAccount("a@example.com"), None)).ShouldBeTrue();
    }

    private Account NewAccount(string email) => new()
    {
        Id = DocumentId.New(Account.IdPrefix, _clock),
        Email = email,
        DisplayName = "A",
        Roles = [Roles.Personal],
        PasswordHash = "x",
        CreatedAt = _clock.GetUtcNow(),
    };
}
