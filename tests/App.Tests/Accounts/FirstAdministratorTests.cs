using System.Text;
using App.Tests.Documents;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Portico.Accounts;
using Portico.Http;

namespace App.Tests.Accounts;

public sealed class FirstAdministratorTests : IAsyncDisposable
{
    private const string Email = "admin@portico.local";
    private static readonly (string, string) Embedded = ("Portico:DefaultOrigin", "http://localhost:8080");
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly SqliteDocuments _documents = new();
    private readonly SettableClock _clock = new();
    private readonly Passwords _passwords = new();
    private readonly AccountStore _accounts;
    private readonly List<string> _shown = [];

    public FirstAdministratorTests() => _accounts = new AccountStore(_documents.Store, _clock);

    public ValueTask DisposeAsync() => _documents.DisposeAsync();

    [Fact]
    public async Task Ensure_ConfiguredPassword_CountsAndIsNeverShown()
    {
        var account = await Administrator(Embedded, ("Accounts:AdminPassword", "correct horse")).EnsureAsync(_shown.Add, None);

        _shown.ShouldBeEmpty();
        _passwords.Verify(account, "correct horse").ShouldBeTrue();
        account!.Roles.ShouldContain(Roles.Admin);
    }

    [Fact]
    public async Task Ensure_NoPasswordConfigured_ShowsOneOnceAndBeforeItCounts()
    {
        Account? whenShown = null;
        var account = await Administrator(Embedded).EnsureAsync(
            password =>
            {
                _shown.Add(password);
                whenShown = _accounts.FindByEmailAsync(Email, None).GetAwaiter().GetResult();
            },
            None);
        var again = await Administrator(Embedded).EnsureAsync(_shown.Add, None);

        whenShown.ShouldBeNull();
        _passwords.Verify(account, _shown.ShouldHaveSingleItem()).ShouldBeTrue();
        again!.Id.ShouldBe(account!.Id);
    }

    [Fact]
    public async Task Ensure_CutShortWhenItWasShown_ShowsAnotherThatCounts()
    {
        await Should.ThrowAsync<IOException>(() => Administrator(Embedded).EnsureAsync(_ => throw new IOException("cut short"), None));

        var account = await Administrator(Embedded).EnsureAsync(_shown.Add, None);

        _passwords.Verify(account, _shown.ShouldHaveSingleItem()).ShouldBeTrue();
    }

    [Fact]
    public async Task Ensure_NeitherPasswordNorTerminal_MakesNoAccount()
    {
        (await Administrator(("Portico:DataPath", "/mnt/share")).EnsureAsync(_shown.Add, None)).ShouldBeNull();

        _shown.ShouldBeEmpty();
        (await _accounts.FindByEmailAsync(Email, None)).ShouldBeNull();
    }

    [Fact]
    public async Task Ensure_AddressOfSomebodyElse_MakesNobodyAdministrator()
    {
        var somebody = new Account { Id = "acc_1", Email = Email, DisplayName = "x", Roles = [Roles.Personal], PasswordHash = "x", CreatedAt = _clock.GetUtcNow() };
        (await _accounts.TryCreateAsync(somebody, None)).ShouldBeTrue();

        await Should.ThrowAsync<InvalidOperationException>(() => Administrator(Embedded).EnsureAsync(_shown.Add, None));

        _shown.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("admin@portico.local")]
    [InlineData("Admin@Portico.LOCAL")]
    public async Task Register_TheAdministratorsAddress_IsRefusedLikeATakenOne(string email)
    {
        var register = new Register(_accounts, _passwords, sessions: null!, new SignInAdmission(_passwords, new SignInThrottle(_documents.Store, _clock)), Administrator(), _clock);
        var http = new DefaultHttpContext();
        var body = Encoding.UTF8.GetBytes($$"""{"email":"{{email}}","password":"correct horse","displayName":"x"}""");
        (http.Request.Method, http.Request.ContentType, http.Request.ContentLength, http.Request.Body) = ("POST", "application/json", body.Length, new MemoryStream(body));

        var answer = await register.Run(http.Request, None);

        answer.ShouldBeOfType<Problem>().Error.ShouldBe(ErrorCatalogue.RegistrationRefused);
        (await _accounts.FindByEmailAsync(email, None)).ShouldBeNull();
    }

    private FirstAdministrator Administrator(params (string Name, string Value)[] settings) => new(
        _accounts,
        _passwords,
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Name, (string?)setting.Value))).Build(),
        _clock);
}
