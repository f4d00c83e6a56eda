using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Net.Http.Headers;
using Portico.EmbeddedHost.Hosting;

namespace Portico.EmbeddedHost.Web;

/// <summary>
/// Stands in for Azure Static Web Apps: serves the built front end by the rules of its own
/// <c>staticwebapp.config.json</c>, precompressed files where there are any. Files that no rule gives a lifetime are
/// revalidated at each use.
/// </summary>
internal sealed class StaticWebApp
{
    private readonly string _root;
    private readonly PathString _functions;
    private readonly Lazy<StaticWebAppRules> _rules;
    private readonly FileExtensionContentTypeProvider _types = new();

    public StaticWebApp(HostSettings settings)
    {
        _root = settings.WebRoot;
        _functions = "/" + settings.RoutePrefix;
        _rules = new Lazy<StaticWebAppRules>(LoadRules);
    }

    /// <summary>Answers what no endpoint does, except below the functions' prefix.</summary>
    public async Task InvokeAsync(HttpContext http, RequestDelegate next)
    {
        if (http.GetEndpoint() is not null || http.Request.Path.StartsWithSegments(_functions)
            || !(HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method)))
        {
            await next(http);
            return;
        }

        var requested = http.Request.Path.Value ?? "/";
        var rules = _rules.Value;
        var rule = rules.RouteFor(requested);
        AddHeaders(http.Response, rules.GlobalHeaders);
        AddHeaders(http.Response, rule?.Headers);

        if (rule?.Redirect is { } redirect)
        {
            http.Response.StatusCode = rule.StatusCode ?? StatusCodes.Status302Found;
            http.Response.Headers.Location = redirect;
            return;
        }

        if (rule is { Rewrite: null, StatusCode: { } status and >= 400 })
        {
            http.Response.StatusCode = status;
            return;
        }

        var file = FileFor(rule?.Rewrite ?? requested)
            ?? (rules.FallbackFor(requested) is { } fallback ? FileFor(fallback) : null);
        if (file is null)
        {
            // Not the lifetime that the rule gives to files: one missing asset would stay missing for a year.
            http.Response.Headers.CacheControl = "no-store";
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            if (!Directory.Exists(_root))
            {
                await http.Response.WriteAsync("The web pages are not built. Run: npm run build\n", http.RequestAborted);
            }

            return;
        }

        await SendAsync(http, file);
    }

    private async Task SendAsync(HttpContext http, FileInfo file)
    {
        var (sent, encoding) = Encoded(file, http.Request);
        var version = sent.LastWriteTimeUtc;
        var etag = new EntityTagHeaderValue(string.Create(CultureInfo.InvariantCulture, $"\"{version.Ticks:x}-{sent.Length:x}\""));
        if (encoding is not null)
        {
            http.Response.Headers.ContentEncoding = encoding;
        }

        http.Response.Headers.Append(HeaderNames.Vary, HeaderNames.AcceptEncoding);
        if (!http.Response.Headers.ContainsKey(HeaderNames.CacheControl))
        {
            http.Response.Headers.CacheControl = "no-cache";
        }

        await Results.File(sent.FullName, TypeOf(file.Name), lastModified: version, entityTag: etag, enableRangeProcessing: encoding is null).ExecuteAsync(http);
    }

    // br and gz files lie beside their originals, made when the front end is built.
    private static (FileInfo File, string? Encoding) Encoded(FileInfo file, HttpRequest request)
    {
        var accepted = request.GetTypedHeaders().AcceptEncoding;
        foreach (var (extension, encoding) in (ReadOnlySpan<(string, string)>)[(".br", "br"), (".gz", "gzip")])
        {
            if (accepted.Any(value => value.Value == encoding && value.Quality is not 0) && new FileInfo(file.FullName + extension) is { Exists: true } compressed)
            {
                return (compressed, encoding);
            }
        }

        return (file, null);
    }

    private FileInfo? FileFor(string path)
    {
        // Kestrel has decoded the path and removed dot segments; what could still leave the root is refused here.
        var full = Path.GetFullPath(path.TrimStart('/'), _root);
        if (full.Contains('\0') || (full != _root && !full.StartsWith(_root + Path.DirectorySeparatorChar, StringComparison.Ordinal)))
        {
            return null;
        }

        if (Path.GetFileName(full) == StaticWebAppRules.FileName)
        {
            return null;
        }

        var file = new FileInfo(full);
        return file.Exists ? file : new FileInfo(Path.Combine(full, "index.html")) is { Exists: true } index ? index : null;
    }

    private string TypeOf(string name)
    {
        var type = _rules.Value.TypeFor(Path.GetExtension(name)) ?? (_types.TryGetContentType(name, out var known) ? known : "application/octet-stream");
        return type.StartsWith("text/", StringComparison.Ordinal) || type is "application/manifest+json" or "application/json" ? type + "; charset=utf-8" : type;
    }

    private StaticWebAppRules LoadRules()
    {
        foreach (var folder in new[] { _root, Path.GetDirectoryName(_root)! })
        {
            var path = Path.Combine(folder, StaticWebAppRules.FileName);
            if (File.Exists(path))
            {
                return StaticWebAppRules.Parse(File.ReadAllText(path));
            }
        }

        return StaticWebAppRules.Parse("{}");
    }

    private static void AddHeaders(HttpResponse response, IReadOnlyDictionary<string, string>? headers)
    {
        foreach (var (name, value) in headers ?? new Dictionary<string, string>())
        {
            response.Headers[name] = value;
        }
    }
}
