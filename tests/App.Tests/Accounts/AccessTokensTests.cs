using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Portico.Accounts;

namespace App.Tests.Accounts;

public sealed class AccessTokensTests : IDisposable
{
    private readonly SettableClock _clock = new();
    private readonly SigningKey _key = NewKey();
    private readonly AccessTokens _tokens;

    public AccessTokensTests() => _tokens = new AccessTokens(_key, _clock);

    public void Dispose() => _key.Dispose();

    [Fact]
    public void Verify_OwnToken_NamesTheAccountAndItsRoles()
    {
        var (token, expiresAt) = _tokens.Issue("acc_1", [Roles.Personal, Roles.Admin]);

        var caller = _tokens.Verify(token).Caller.ShouldNotBeNull();

        caller.AccountId.ShouldBe("acc_1");
        caller.Roles.ShouldBe([Roles.Personal, Roles.Admin]);
        (expiresAt - _clock.GetUtcNow()).ShouldBe(TimeSpan.FromMinutes(15), TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void Verify_AfterItsLifetime_IsExpiredAndNotInvalid()
    {
        var (token, _) = _tokens.Issue("acc_1", []);
        _clock.Advance(AccessTokens.Lifetime - TimeSpan.FromSeconds(1));
        _tokens.Verify(token).Caller.ShouldNotBeNull();

        _clock.Advance(TimeSpan.FromSeconds(40));

        _tokens.Verify(token).ShouldBe(TokenVerdict.Expired);
    }

    [Fact]
    public void Verify_TokenOfAnotherKey_IsInvalid()
    {
        using var stranger = NewKey();

        _tokens.Verify(new AccessTokens(stranger, _clock).Issue("acc_1", []).Token).ShouldBe(TokenVerdict.Invalid);
    }

    [Fact]
    public void Verify_AnotherKeyUnderOurKeyId_IsInvalid()
    {
        using var stranger = NewKey();
        var parts = _tokens.Issue("acc_1", []).Token.Split('.');

        _tokens.Verify(Signed(stranger, parts[0], parts[1])).ShouldBe(TokenVerdict.Invalid);
    }

    [Fact]
    public void Verify_ChangedClaims_IsInvalid()
    {
        var parts = _tokens.Issue("acc_1", []).Token.Split('.');
        var changed = Text(parts[1]).Replace("acc_1", "acc_2", StringComparison.Ordinal);

        _tokens.Verify($"{parts[0]}.{Encode(changed)}.{parts[2]}").ShouldBe(TokenVerdict.Invalid);
    }

    // The classic confusions: no signature, or the public key taken for an HMAC secret.
    [Theory]
    [InlineData("none")]
    [InlineData("None")]
    [InlineData("HS256")]
    [InlineData("RS256")]
    public void Verify_OtherAlgorithmInHeader_IsInvalidEvenWhenSignedByUs(string algorithm)
    {
        var parts = _tokens.Issue("acc_1", []).Token.Split('.');
        var header = Encode(Text(parts[0]).Replace("ES256", algorithm, StringComparison.Ordinal));

        _tokens.Verify(Signed(_key, header, parts[1])).ShouldBe(TokenVerdict.Invalid);
        _tokens.Verify($"{header}.{parts[1]}.").ShouldBe(TokenVerdict.Invalid);
        _tokens.Verify(Signed(_key, parts[0], parts[1])).Caller.ShouldNotBeNull("the untouched header, signed the same way, is what makes the difference");
    }

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("..")]
    [InlineData("a.b.c")]
    [InlineData("e30.e30.e30")]
    [InlineData("bnVsbA.bnVsbA.bnVsbA")]
    [InlineData("====.====.====")]
    public void Verify_Garbage_IsInvalid(string token) => _tokens.Verify(token).ShouldBe(TokenVerdict.Invalid);

    [Fact]
    public void Verify_FromTheFuture_IsRefused()
    {
        var (token, _) = _tokens.Issue("acc_1", []);
        _clock.Advance(-TimeSpan.FromMinutes(5));

        _tokens.Verify(token).Caller.ShouldBeNull();
    }

    private static SigningKey NewKey()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return SigningKey.FromText(key.ExportPkcs8PrivateKeyPem());
    }

    private static string Signed(SigningKey key, string header, string claims) =>
        $"{header}.{claims}.{Base64Url.EncodeToString(key.Sign(Encoding.ASCII.GetBytes($"{header}.{claims}")))}";

    private static string Text(string part) => Encoding.UTF8.GetString(Base64Url.DecodeFromChars(part));

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));
}
