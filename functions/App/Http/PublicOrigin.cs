using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;

namespace Portico.Http;

/// <summary>Scheme, host and port that people reach us at: what printed links begin with.</summary>
public sealed class PublicOrigin(IConfiguration settings)
{
    private readonly string? _configured = Read(settings["Portico:PublicOrigin"]);

    /// <summary>For what is not the answer to a request; null where only requests can tell.</summary>
    public string? Default { get; } = Read(settings["Portico:PublicOrigin"]) ?? Read(settings["Portico:DefaultOrigin"]);

    /// <summary><c>Portico__PublicOrigin</c>, else the origin this request came to.</summary>
    public string For(HttpRequest request) => _configured ?? $"{request.Scheme}://{request.Host}";

    public bool IsHttps(HttpRequest request) => For(request).StartsWith("https://", StringComparison.OrdinalIgnoreCase);

    private static string? Read(string? origin) => string.IsNullOrEmpty(origin) ? null : origin.TrimEnd('/');
}
