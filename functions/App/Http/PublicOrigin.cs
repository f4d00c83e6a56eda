using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;

namespace Portico.Http;

/// <summary>Scheme, host and port that people reach us at: what printed links begin with.</summary>
public sealed class PublicOrigin(IConfiguration settings)
{
    /// <summary><c>Portico__PublicOrigin</c>, without a trailing slash; null when not set.</summary>
    public string? Configured { get; } = settings["Portico:PublicOrigin"] is { Length: > 0 } origin ? origin.TrimEnd('/') : null;

    /// <summary>The configured origin, else the one this request came to.</summary>
    public string For(HttpRequest request) => Configured ?? $"{request.Scheme}://{request.Host}";

    public bool IsHttps(HttpRequest request) => For(request).StartsWith("https://", StringComparison.OrdinalIgnoreCase);
}
