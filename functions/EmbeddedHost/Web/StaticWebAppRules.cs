using System.Text.Json;
using System.Text.RegularExpressions;

namespace Portico.EmbeddedHost.Web;

/// <summary>
/// The part of <c>staticwebapp.config.json</c> that the host honours: routes (rewrite, redirect, statusCode, headers),
/// navigationFallback, globalHeaders, mimeTypes. Roles, methods and response overrides are Azure's alone.
/// </summary>
internal sealed class StaticWebAppRules
{
    public const string FileName = "staticwebapp.config.json";

    private readonly (Regex Pattern, RouteRule Rule)[] _routes;
    private readonly string? _fallback;
    private readonly Regex[] _notFallback;
    private readonly IReadOnlyDictionary<string, string> _types;

    private StaticWebAppRules(Document document)
    {
        _routes = [.. (document.Routes ?? []).Select(rule => (Glob(rule.Route), rule))];
        _fallback = document.NavigationFallback?.Rewrite;
        _notFallback = [.. (document.NavigationFallback?.Exclude ?? []).Select(Glob)];
        _types = document.MimeTypes ?? new Dictionary<string, string>();
        GlobalHeaders = document.GlobalHeaders ?? new Dictionary<string, string>();
    }

    public IReadOnlyDictionary<string, string> GlobalHeaders { get; }

    /// <exception cref="JsonException">The file is not what it should be.</exception>
    public static StaticWebAppRules Parse(string json) => new(JsonSerializer.Deserialize<Document>(json, JsonSerializerOptions.Web)!);

    /// <summary>The first rule whose pattern fits; rules do not add up, as in Azure.</summary>
    public RouteRule? RouteFor(string path) => _routes.FirstOrDefault(route => route.Pattern.IsMatch(path)).Rule;

    /// <summary>The page that answers for an unknown path; null when the path is excluded: a missing script must be a 404, not a page.</summary>
    public string? FallbackFor(string path) => _notFallback.Any(pattern => pattern.IsMatch(path)) ? null : _fallback;

    public string? TypeFor(string extension) => _types.GetValueOrDefault(extension);

    // "*" stands for anything, "{png,jpg}" for one of several.
    private static Regex Glob(string pattern)
    {
        var expression = Regex.Replace(Regex.Escape(pattern), @"\\\*|\\\{([^}]*)}", part =>
            part.Value == @"\*" ? ".*" : $"(?:{string.Join('|', part.Groups[1].Value.Split(','))})");
        return new Regex($"^{expression}$", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase, TimeSpan.FromSeconds(1));
    }

    internal sealed record RouteRule(string Route, string? Rewrite, string? Redirect, int? StatusCode, IReadOnlyDictionary<string, string>? Headers);

    private sealed record Document(
        RouteRule[]? Routes,
        Fallback? NavigationFallback,
        IReadOnlyDictionary<string, string>? GlobalHeaders,
        IReadOnlyDictionary<string, string>? MimeTypes);

    private sealed record Fallback(string Rewrite, string[]? Exclude);
}
