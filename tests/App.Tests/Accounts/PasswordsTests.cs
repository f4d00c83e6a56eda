using Portico.Accounts;

namespace App.Tests.Accounts;

public sealed class PasswordsTests
{
    private readonly Passwords _passwords = new();

    [Fact]
    public void Verify_RightAndWrongPassword_TellsThemApart()
    {
        var account = With(_passwords.Hash("correct horse"));

        _passwords.Verify(account, "correct horse").ShouldBeTrue();
        _passwords.Verify(account, "correct horsf").ShouldBeFalse();
    }

    [Fact]
    public void Verify_NoAccount_IsFalseForAnyPassword() => _passwords.Verify(null, "correct horse").ShouldBeFalse();

    // The format of ASP.NET Core Identity, version 3: a marker byte, the PRF, then the rounds, big-endian.
    [Fact]
    public void Hash_UsesTheRoundsThatOwaspAdvises()
    {
        var hash = Convert.FromBase64String(_passwords.Hash("correct horse"));

        System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(hash.AsSpan(5)).ShouldBe(210_000);
    }

    // A decoy of another shape would be refused without the work, and the time would tell that there is no such account.
    [Fact]
    public void NewDecoy_TakesTheWorkOfAHash()
    {
        var hash = Convert.FromBase64String(_passwords.Hash("correct horse"));
        var decoy = Convert.FromBase64String(Passwords.NewDecoy());

        decoy.Length.ShouldBe(hash.Length);
        decoy[..13].ShouldBe(hash[..13]);
    }

    [Fact]
    public async Task TakeTurn_MoreThanMayWait_IsTurnedAwayUntilOneIsDone()
    {
        var none = CancellationToken.None;
        var running = new List<IDisposable?>();
        for (var i = 0; i < Passwords.MaxAtOnce; i++)
        {
            running.Add(await _passwords.TakeTurnAsync(none));
        }

        using var gone = new CancellationTokenSource();
        var waiting = Enumerable.Range(0, Passwords.MaxWaiting).Select(i => _passwords.TakeTurnAsync(i == Passwords.MaxWaiting - 1 ? gone.Token : none)).ToList();
        running.ShouldAllBe(turn => turn != null);
        waiting.ShouldAllBe(turn => !turn.IsCompleted);
        (await _passwords.TakeTurnAsync(none)).ShouldBeNull();

        await gone.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => waiting[^1]);
        var late = _passwords.TakeTurnAsync(none);
        late.IsCompleted.ShouldBeFalse("whoever left made room");

        running.ForEach(turn => turn!.Dispose());
        foreach (var turn in waiting.SkipLast(1).Append(late))
        {
            (await turn).ShouldNotBeNull().Dispose();
        }

        (await _passwords.TakeTurnAsync(none)).ShouldNotBeNull();
    }

    private static Account With(string hash) => new() { Id = "acc_1", Email = "a@b.c", DisplayName = "A", Roles = [], PasswordHash = hash, CreatedAt = default };
}
