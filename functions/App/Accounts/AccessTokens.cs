using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Portico.Accounts;

/// <summary>Issues and verifies access tokens: JWTs (RFC 9068) signed with ES256, good for a quarter of an hour.</summary>
public sealed class AccessTokens(SigningKey key, TimeProvider clock)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(15);

    private const string Issuer = "portico";
    private const string Type = "at+jwt";
    private const int MaxLength = 4096;

    // Machines that share a key may disagree a little about the time.
    private static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(30);

    /// <summary>A token for the account, and when it ends.</summary>
    public (string Token, DateTimeOffset ExpiresAt) Issue(string accountId, IReadOnlyList<string> roles)
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(clock.GetUtcNow().ToUnixTimeSeconds());
        var expiresAt = now + Lifetime;
        var header = Encode(new Header(SigningKey.Algorithm, Type, key.Id));
        var claims = Encode(new Claims(Issuer, Issuer, accountId, roles, now.ToUnixTimeSeconds(), expiresAt.ToUnixTimeSeconds(), Guid.NewGuid().ToString("N")));
        var signed = $"{header}.{claims}";
        return ($"{signed}.{Base64Url.EncodeToString(key.Sign(Encoding.ASCII.GetBytes(signed)))}", expiresAt);
    }

    /// <summary>Who the token speaks for, if it is ours, whole and in date.</summary>
    public TokenVerdict Verify(string token)
    {
        if (token.Length > MaxLength)
        {
            return TokenVerdict.Invalid;
        }

        var parts = token.Split('.');
        if (parts.Length != 3
            || !TryDecode<Header>(parts[0], out var header)
            || header.Alg != SigningKey.Algorithm
            || header.Typ != Type
            || header.Kid != key.Id
            || !Base64Url.IsValid(parts[2])
            || !key.Verify(Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), Base64Url.DecodeFromChars(parts[2]))
            || !TryDecode<Claims>(parts[1], out var claims)
            || claims.Iss != Issuer
            || claims.Aud != Issuer)
        {
            return TokenVerdict.Invalid;
        }

        var now = clock.GetUtcNow();
        return now > DateTimeOffset.FromUnixTimeSeconds(claims.Exp) + ClockSkew || now < DateTimeOffset.FromUnixTimeSeconds(claims.Iat) - ClockSkew
            ? TokenVerdict.Expired
            : new TokenVerdict(new Caller(claims.Sub, claims.Roles), IsExpired: false);
    }

    private static string Encode<T>(T value) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(value, Http.ApiJson.Options));

    private static bool TryDecode<T>(string part, out T value)
        where T : class
    {
        value = null!;
        if (!Base64Url.IsValid(part))
        {
            return false;
        }

        try
        {
            value = JsonSerializer.Deserialize<T>(Base64Url.DecodeFromChars(part), JsonSerializerOptions.Web)!;
            return value is not null;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private sealed record Header([property: JsonRequired] string Alg, [property: JsonRequired] string Typ, [property: JsonRequired] string Kid);

    private sealed record Claims(
        [property: JsonRequired] string Iss,
        [property: JsonRequired] string Aud,
        [property: JsonRequired] string Sub,
        [property: JsonRequired] IReadOnlyList<string> Roles,
        [property: JsonRequired] long Iat,
        [property: JsonRequired] long Exp,
        [property: JsonRequired] string Jti);
}

/// <summary>What a token proves.</summary>
public sealed record TokenVerdict(Caller? Caller, bool IsExpired)
{
    public static readonly TokenVerdict Invalid = new(null, IsExpired: false);
    public static readonly TokenVerdict Expired = new(null, IsExpired: true);
}

/// <summary>The account a request is made for.</summary>
public sealed record Caller(string AccountId, IReadOnlyList<string> Roles);
