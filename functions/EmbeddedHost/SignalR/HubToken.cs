using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Portico.EmbeddedHost.SignalR;

/// <summary>
/// The HS256 tokens of Azure SignalR Service: clients connect with one, publishers call the REST API with one. The key
/// decides the algorithm; what a token's header claims is not read.
/// </summary>
/// <param name="accessKey">The connection string's access key; its UTF-8 text is the HMAC key, as in Azure.</param>
internal sealed class HubToken(string accessKey, TimeProvider clock)
{
    /// <summary>The claim that carries a connection's user.</summary>
    public const string UserClaim = "asrs.s.uid";

    private static readonly TimeSpan ClientLifetime = TimeSpan.FromHours(1);
    private static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(30);
    private static readonly string Header = Encode("""{"alg":"HS256","typ":"JWT"}"""u8);

    private readonly byte[] _key = Encoding.UTF8.GetBytes(accessKey);

    /// <summary>A token with which one client may connect within the hour.</summary>
    public string ForClient(string audience, string? userId, IEnumerable<KeyValuePair<string, string>> claims)
    {
        var payload = new Dictionary<string, object>(claims.Select(claim => KeyValuePair.Create(claim.Key, (object)claim.Value)))
        {
            ["aud"] = audience,
            ["iat"] = clock.GetUtcNow().ToUnixTimeSeconds(),
            ["exp"] = (clock.GetUtcNow() + ClientLifetime).ToUnixTimeSeconds(),
        };
        if (userId is not null)
        {
            payload[UserClaim] = userId;
        }

        var signed = $"{Header}.{Encode(JsonSerializer.SerializeToUtf8Bytes(payload))}";
        return $"{signed}.{Encode(Signature(signed))}";
    }

    /// <summary>The claims of a token that is signed by our key, in its time, and meant for one of <paramref name="audiences"/>; else null.</summary>
    public IReadOnlyDictionary<string, string>? Validate(string token, params ReadOnlySpan<string> audiences)
    {
        var dot = token.LastIndexOf('.');
        if (dot <= 0 || token.Length > 8192 || token.AsSpan(0, dot).Count('.') != 1)
        {
            return null;
        }

        try
        {
            if (!CryptographicOperations.FixedTimeEquals(Signature(token[..dot]), Base64Url.DecodeFromChars(token.AsSpan(dot + 1))))
            {
                return null;
            }

            using var payload = JsonDocument.Parse(Base64Url.DecodeFromChars(token.AsSpan(token.IndexOf('.') + 1, dot - token.IndexOf('.') - 1)));
            var claims = payload.RootElement.EnumerateObject().ToDictionary(claim => claim.Name, claim => claim.Value.ToString());
            return IsInTime(claims) && claims.TryGetValue("aud", out var audience) && audiences.Contains(audience) ? claims : null;
        }
        catch (Exception failure) when (failure is FormatException or JsonException or InvalidOperationException or ArgumentException)
        {
            return null;
        }
    }

    private bool IsInTime(Dictionary<string, string> claims)
    {
        var now = clock.GetUtcNow();
        return Time(claims, "exp") is { } expires && now < expires + ClockSkew
            && (Time(claims, "nbf") is not { } from || now > from - ClockSkew);
    }

    private static DateTimeOffset? Time(Dictionary<string, string> claims, string name) =>
        claims.TryGetValue(name, out var text) && long.TryParse(text, out var seconds) && seconds is > 0 and < 253402300800 ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;

    private byte[] Signature(string signed) => HMACSHA256.HashData(_key, Encoding.ASCII.GetBytes(signed));

    private static string Encode(ReadOnlySpan<byte> bytes) => Base64Url.EncodeToString(bytes);
}
