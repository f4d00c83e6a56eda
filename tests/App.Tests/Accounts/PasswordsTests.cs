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

    private static Account With(string hash) => new() { Id = "acc_1", Email = "a@b.c", DisplayName = "A", Roles = [], PasswordHash = hash, CreatedAt = default };
}
