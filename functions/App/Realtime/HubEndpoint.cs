using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Azure.Core;
using Azure.Identity;
using Microsoft.Extensions.Configuration;

namespace Portico.Realtime;

/// <summary>
/// Where the realtime service is and how to prove that we may call it: by identity
/// (<c>AzureSignalRConnectionString__serviceUri</c>) or by the key in <c>AzureSignalRConnectionString</c>.
/// </summary>
public sealed class HubEndpoint
{
    private const string Setting = "AzureSignalRConnectionString";
    private static readonly TimeSpan TokenLifetime = TimeSpan.FromMinutes(5);
    private static readonly TokenRequestContext Scope = new(["https://signalr.azure.com/.default"]);
    private static readonly string Header = Base64Url.EncodeToString("""{"alg":"HS256","typ":"JWT"}"""u8);

    private readonly TimeProvider _clock;
    private readonly byte[]? _key;
    private readonly TokenCredential? _identity;

    /// <exception cref="InvalidOperationException">Neither setting is there, or the connection string has no endpoint or key.</exception>
    public HubEndpoint(IConfiguration settings, TimeProvider clock)
    {
        _clock = clock;
        if (settings[$"{Setting}:serviceUri"] is { Length: > 0 } serviceUri)
        {
            Address = serviceUri.TrimEnd('/');
            _identity = new DefaultAzureCredential(new DefaultAzureCredentialOptions { ManagedIdentityClientId = settings[$"{Setting}:clientId"] });
            return;
        }

        var parts = (settings[Setting] ?? "")
            .Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(part => part.Split('=', 2))
            .Where(pair => pair.Length == 2)
            .ToDictionary(pair => pair[0], pair => pair[1], StringComparer.OrdinalIgnoreCase);
        if (!parts.TryGetValue("Endpoint", out var endpoint) || !parts.TryGetValue("AccessKey", out var key))
        {
            throw new InvalidOperationException($"Set {Setting} (a connection string) or {Setting}__serviceUri.");
        }

        Address = endpoint.TrimEnd('/');
        _key = Encoding.UTF8.GetBytes(key);
    }

    /// <summary>Scheme, host and port, without a trailing slash.</summary>
    public string Address { get; }

    /// <summary>A bearer token for one address of the REST API, without its query.</summary>
    public async ValueTask<string> TokenForAsync(string audience, CancellationToken cancellation) =>
        _identity is null ? Sign(audience) : (await _identity.GetTokenAsync(Scope, cancellation)).Token;

    private string Sign(string audience)
    {
        var now = _clock.GetUtcNow();
        var claims = new { aud = audience, iat = now.ToUnixTimeSeconds(), exp = (now + TokenLifetime).ToUnixTimeSeconds() };
        var signed = $"{Header}.{Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(claims))}";
        return $"{signed}.{Base64Url.EncodeToString(HMACSHA256.HashData(_key!, Encoding.ASCII.GetBytes(signed)))}";
    }
}
