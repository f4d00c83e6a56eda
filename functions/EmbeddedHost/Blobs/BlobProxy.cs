using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Portico.EmbeddedHost.Hosting;
using Portico.EmbeddedHost.Http;

namespace Portico.EmbeddedHost.Blobs;

/// <summary>
/// A browser's way to blob storage on the portal's own origin: <c>/blob/{account}/{container}/{blob}?{sas}</c>. A SAS
/// signs account, container and blob but not the host, so the storage service itself checks every request; this passes
/// on single-blob reads and writes that carry one, and nothing else. Bodies are streamed both ways. Storage on another
/// machine is not proxied: a browser reaches a real account directly.
/// </summary>
internal sealed class BlobProxy(HostBlobs blobs, BlobWrites writes, HostSettings settings, IServiceProvider services) : IDisposable
{
    private const string Prefix = "/blob/";

    private static readonly HashSet<string> NotPassedOn = new(StringComparer.OrdinalIgnoreCase)
    {
        "Host", "Connection", "Keep-Alive", "Transfer-Encoding", "TE", "Trailer", "Upgrade", "Proxy-Authorization",
        "Authorization", "Cookie", "Set-Cookie", "Server", "Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto",
    };

    private readonly HttpMessageInvoker _client = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        AutomaticDecompression = DecompressionMethods.None,
        ConnectTimeout = TimeSpan.FromSeconds(2),
    });

    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints.MapMethods(
            "/blob/{account}/{container}/{**blob}",
            [HttpMethods.Get, HttpMethods.Head, HttpMethods.Put, HttpMethods.Options],
            endpoints.ServiceProvider.GetRequiredService<BlobProxy>().PassAsync).WithDisplayName("blob");

    public void Dispose() => _client.Dispose();

    private static string RawTarget(HttpContext http) => http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;

    private Uri Storage => blobs.Service.Uri;

    private async Task PassAsync(HttpContext http)
    {
        BlobContentPolicy.Apply(http.Response);
        // Routing also takes an encoded or absolute spelling of the prefix; cutting that off would cut off something else.
        if (!Storage.IsLoopback || !RawTarget(http).StartsWith(Prefix, StringComparison.Ordinal) || !IsSingleBlobWithSas(http.Request))
        {
            http.Response.StatusCode = StatusCodes.Status403Forbidden;
            return;
        }

        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = settings.MaxUploadBytes;
        }

        var azurite = services.GetService<Azurite>();
        using var request = RequestToStorage(http);
        HttpResponseMessage response;
        try
        {
            if (azurite is not null)
            {
                await azurite.WhenReadyAsync(http.RequestAborted).WaitAsync(TimeSpan.FromSeconds(10), http.RequestAborted);
            }

            response = await _client.SendAsync(request, http.RequestAborted);
        }
        catch (Exception failure) when (failure is HttpRequestException { InnerException: not BadHttpRequestException } or TimeoutException)
        {
            http.Response.Headers.RetryAfter = "1";
            await HostProblem.StorageUnavailable.WriteAsync(http);
            return;
        }
        catch (HttpRequestException failure) when (failure.InnerException is BadHttpRequestException)
        {
            // The client's own body was at fault (too large, too slow): the usual answers are given for that.
            throw failure.InnerException;
        }

        using (response)
        {
            if (azurite is null && response.StatusCode == HttpStatusCode.Created && HttpMethods.IsPut(http.Request.Method))
            {
                writes.Passed((string)http.Request.RouteValues["container"]!, (string)http.Request.RouteValues["blob"]!, http.Request.QueryString.Value ?? "");
            }

            http.Response.StatusCode = (int)response.StatusCode;
            CopyHeaders(response, http.Response);
            await using var body = await response.Content.ReadAsStreamAsync(http.RequestAborted);
            await body.CopyToAsync(http.Response.Body, http.RequestAborted);
        }
    }

    /// <remarks>Container listings, other services' operations and shared-key signatures have no business on the browser's path.</remarks>
    private static bool IsSingleBlobWithSas(HttpRequest request) =>
        request.Query.ContainsKey("sig")
        && !request.Query.ContainsKey("restype")
        && (string?)request.Query["comp"] is null or "block" or "blocklist"
        && request.Headers.Authorization.Count == 0
        // Azurite lets whoever may write one blob copy any blob of the account into it, where Azure asks for rights to the source.
        && !request.Headers.Keys.Any(name => name.StartsWith("x-ms-copy-source", StringComparison.OrdinalIgnoreCase))
        // Azurite fails with a 500 on bytes that are no text.
        && new[] { "account", "container", "blob" }.All(part => request.RouteValues[part] is string name && HostBlobs.IsPlainName(name));

    private HttpRequestMessage RequestToStorage(HttpContext http)
    {
        // The raw target, so that the path reaches storage encoded exactly as it was signed.
        var target = RawTarget(http)[(Prefix.Length - 1)..];
        var uri = new Uri($"{Storage.Scheme}://{Storage.Authority}{target}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        var request = new HttpRequestMessage(new HttpMethod(http.Request.Method), uri);
        if (HttpMethods.IsPut(http.Request.Method))
        {
            request.Content = new StreamContent(http.Request.Body);
        }

        foreach (var (name, values) in http.Request.Headers)
        {
            if (!NotPassedOn.Contains(name) && !request.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values))
            {
                request.Content?.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
            }
        }

        return request;
    }

    private static void CopyHeaders(HttpResponseMessage from, HttpResponse to)
    {
        foreach (var (name, values) in from.Headers.Concat(from.Content.Headers))
        {
            if (!NotPassedOn.Contains(name))
            {
                to.Headers[name] = values.ToArray();
            }
        }

        BlobContentPolicy.Apply(to);
    }
}
