using System.Text;
using App.Tests.Documents;
using Microsoft.Extensions.Logging.Abstractions;
using Portico.Accounts;
using Portico.Documents.Sqlite;

namespace App.Tests.Accounts;

public sealed class RefreshTokensTests : IAsyncDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly SqliteDocuments _documents = new();
    private readonly SettableClock _clock = new();
    private readonly RefreshTokens _tokens;

    public RefreshTokensTests() => _tokens = new RefreshTokens(_documents.Store, _clock, NullLogger<RefreshTokens>.Instance);

    public ValueTask DisposeAsync() => _documents.DisposeAsync();

    [Fact]
    public async Task Rotate_FreshToken_GivesASuccessorOfTheSameAccount()
    {
        var first = await _tokens.BeginAsync("acc_1", None);

        var second = (await _tokens.RotateAsync(first.Secret, None)).ShouldNotBeNull();

        second.AccountId.ShouldBe("acc_1");
        second.Secret.ShouldNotBe(first.Secret);
        (await _tokens.RotateAsync(second.Secret, None)).ShouldNotBeNull();
    }

    [Fact]
    public async Task Rotate_SpentTokenAfterTheGrace_EndsTheWholeFamily()
    {
        var stolen = await _tokens.BeginAsync("acc_1", None);
        var owners = (await _tokens.RotateAsync(stolen.Secret, None))!;
        _clock.Advance(RefreshTokens.ReuseGrace + TimeSpan.FromSeconds(1));

        (await _tokens.RotateAsync(stolen.Secret, None)).ShouldBeNull();
        (await _tokens.RotateAsync(owners.Secret, None)).ShouldBeNull("whoever holds the newest token may be the thief");
    }

    [Fact]
    public async Task Rotate_SpentTokenAfterTheGrace_LeavesOtherSessionsAlone()
    {
        var stolen = await _tokens.BeginAsync("acc_1", None);
        var elsewhere = await _tokens.BeginAsync("acc_1", None);
        await _tokens.RotateAsync(stolen.Secret, None);
        _clock.Advance(RefreshTokens.ReuseGrace + TimeSpan.FromSeconds(1));
        await _tokens.RotateAsync(stolen.Secret, None);

        (await _tokens.RotateAsync(elsewhere.Secret, None)).ShouldNotBeNull();
    }

    [Fact]
    public async Task Rotate_TwoTabsAtOnce_BothGoOn()
    {
        var first = await _tokens.BeginAsync("acc_1", None);

        var both = await Task.WhenAll(_tokens.RotateAsync(first.Secret, None), _tokens.RotateAsync(first.Secret, None));

        foreach (var successor in both)
        {
            (await _tokens.RotateAsync(successor.ShouldNotBeNull().Secret, None)).ShouldNotBeNull();
        }
    }

    [Fact]
    public async Task Rotate_Idle_Ends()
    {
        var first = await _tokens.BeginAsync("acc_1", None);
        _clock.Advance(RefreshTokens.IdleLifetime);

        (await _tokens.RotateAsync(first.Secret, None)).ShouldBeNull();
    }

    [Fact]
    public async Task Rotate_HoweverBusy_EndsWithTheSessionsLifetime()
    {
        var token = await _tokens.BeginAsync("acc_1", None);
        for (var age = TimeSpan.Zero; age < RefreshTokens.SessionLifetime - TimeSpan.FromDays(20); age += TimeSpan.FromDays(20))
        {
            _clock.Advance(TimeSpan.FromDays(20));
            token = (await _tokens.RotateAsync(token.Secret, None)).ShouldNotBeNull();
        }

        _clock.Advance(TimeSpan.FromDays(20));

        (await _tokens.RotateAsync(token.Secret, None)).ShouldBeNull();
    }

    [Fact]
    public async Task End_AnyTokenOfTheFamily_EndsTheNewest()
    {
        var first = await _tokens.BeginAsync("acc_1", None);
        var second = (await _tokens.RotateAsync(first.Secret, None))!;

        await _tokens.EndAsync(first.Secret, None);

        (await _tokens.RotateAsync(second.Secret, None)).ShouldBeNull();
    }

    [Theory]
    [InlineData("")]
    [InlineData("unknown")]
    public async Task Rotate_UnknownSecret_IsNoSession(string secret) => (await _tokens.RotateAsync(secret, None)).ShouldBeNull();

    [Fact]
    public async Task Begin_StoresNoSecret()
    {
        var folder = Directory.CreateTempSubdirectory("portico-secrets-");
        try
        {
            IssuedRefreshToken issued;
            await using (var store = SqliteDocumentStore.Open(Path.Combine(folder.FullName, "portico.db")))
            {
                issued = await new RefreshTokens(store, _clock, NullLogger<RefreshTokens>.Instance).BeginAsync("acc_1", None);
            }

            var stored = string.Concat(folder.GetFiles().Select(file => Encoding.Latin1.GetString(File.ReadAllBytes(file.FullName))));
            stored.ShouldContain("acc_1");
            stored.ShouldNotContain(issued.Secret);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
