using Azure;
using Azure.Storage.Blobs.Models;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Net.Http.Headers;
using HttpRange = Azure.HttpRange;

namespace Portico.EmbeddedHost.Blobs;

/// <summary>
/// Stands in for Front Door: <c>GET|HEAD /cdn/{path}</c> answers from the <c>public</c> container with the blob's own
/// type and cache headers, ranges and conditional requests, to any origin.
/// </summary>
internal static class CdnEndpoint
{
    // A petabyte, more than a blob can have: a range that ends beyond it ends with the blob.
    private const long MaxPartBytes = 1L << 50;

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        var blobs = endpoints.ServiceProvider.GetRequiredService<HostBlobs>();
        var logger = endpoints.ServiceProvider.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(CdnEndpoint));
        endpoints.MapMethods("/cdn/{**path}", [HttpMethods.Get, HttpMethods.Head], http => AnswerAsync(http, blobs, logger)).WithDisplayName("cdn");
    }

    private static async Task AnswerAsync(HttpContext http, HostBlobs blobs, ILogger logger)
    {
        AllowAnyOrigin(http.Response);
        var path = http.Request.RouteValues["path"] as string ?? string.Empty;
        if (!HostBlobs.IsPlainName(path))
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        try
        {
            await ServeAsync(http, blobs, path);
        }
        catch (RequestFailedException failure) when (!http.Response.HasStarted)
        {
            http.Response.StatusCode = failure.Status switch
            {
                304 => StatusCodes.Status304NotModified,
                404 => StatusCodes.Status404NotFound,
                412 => StatusCodes.Status412PreconditionFailed,
                416 => StatusCodes.Status416RangeNotSatisfiable,
                _ => StatusCodes.Status503ServiceUnavailable,
            };
            if (http.Response.StatusCode == StatusCodes.Status503ServiceUnavailable)
            {
                http.Response.Headers.RetryAfter = "1";
                logger.LogWarning(failure, "Blob storage did not answer for /cdn/{Path}", path);
            }
        }
    }

    private static async Task ServeAsync(HttpContext http, HostBlobs blobs, string path)
    {
        var blob = blobs.Public.GetBlobClient(path);
        var ifNoneMatch = http.Request.Headers.IfNoneMatch.ToString();
        var conditions = new BlobRequestConditions();
        if (ifNoneMatch.Length > 0 && !ifNoneMatch.Contains(','))
        {
            conditions.IfNoneMatch = new ETag(ifNoneMatch);
        }

        if (HttpMethods.IsHead(http.Request.Method))
        {
            var properties = (await blob.GetPropertiesAsync(conditions, http.RequestAborted)).Value;
            Describe(http.Response, properties.ETag, properties.ContentType, properties.CacheControl, properties.ContentEncoding, properties.LastModified);
            http.Response.ContentLength = properties.ContentLength;
            return;
        }

        var range = RequestedRange(http.Request, conditions);
        Response<BlobDownloadStreamingResult> response;
        try
        {
            response = await blob.DownloadStreamingAsync(new BlobDownloadOptions { Conditions = conditions, Range = range ?? default }, http.RequestAborted);
        }
        catch (RequestFailedException stale) when (stale.Status == StatusCodes.Status412PreconditionFailed && conditions.IfMatch is not null)
        {
            // If-Range of another version: not a part of this one but all of it.
            (range, conditions.IfMatch) = (null, null);
            response = await blob.DownloadStreamingAsync(new BlobDownloadOptions { Conditions = conditions }, http.RequestAborted);
        }

        if (response.GetRawResponse().Status == StatusCodes.Status304NotModified)
        {
            http.Response.StatusCode = StatusCodes.Status304NotModified;
            http.Response.Headers.ETag = ifNoneMatch;
            return;
        }

        using var download = response.Value;
        var details = download.Details;
        if (range is { } asked && details.ContentRange is { } served)
        {
            // Azurite answers a range behind the end with an empty part; the real service refuses it.
            var total = served[(served.LastIndexOf('/') + 1)..];
            if (long.TryParse(total, out var length) && asked.Offset >= length)
            {
                http.Response.StatusCode = StatusCodes.Status416RangeNotSatisfiable;
                http.Response.Headers.ContentRange = $"bytes */{total}";
                return;
            }

            http.Response.StatusCode = StatusCodes.Status206PartialContent;
            http.Response.Headers.ContentRange = served;
        }

        Describe(http.Response, details.ETag, details.ContentType, details.CacheControl, details.ContentEncoding, details.LastModified);
        http.Response.ContentLength = details.ContentLength;
        await download.Content.CopyToAsync(http.Response.Body, http.RequestAborted);
    }

    /// <summary>The one range that is asked for; null, and so the whole blob, for none or several, which RFC 9110 allows.</summary>
    private static HttpRange? RequestedRange(HttpRequest request, BlobRequestConditions conditions)
    {
        if (!RangeHeaderValue.TryParse(request.Headers.Range.ToString(), out var header) || header.Unit != "bytes" || header.Ranges.Count != 1)
        {
            return null;
        }

        var range = header.Ranges.Single();
        if (range.From is not { } from)
        {
            // A suffix needs the length, which only the blob knows; no player of ours asks for one.
            return null;
        }

        if (request.Headers.IfRange.ToString() is { Length: > 0 } ifRange)
        {
            if (!ifRange.StartsWith('"'))
            {
                // A date or a weak tag can't promise that the bytes are the same.
                return null;
            }

            conditions.IfMatch = new ETag(ifRange);
        }

        return range.To is { } to ? new HttpRange(from, Math.Min(to - from, MaxPartBytes - 1) + 1) : new HttpRange(from);
    }

    private static void Describe(HttpResponse response, ETag etag, string type, string? cacheControl, string? encoding, DateTimeOffset lastModified)
    {
        response.Headers.ETag = etag.ToString("H");
        response.Headers.LastModified = lastModified.ToString("R");
        response.Headers.AcceptRanges = "bytes";
        response.ContentType = type;
        response.Headers.CacheControl = string.IsNullOrEmpty(cacheControl) ? "no-cache" : cacheControl;
        if (!string.IsNullOrEmpty(encoding))
        {
            response.Headers.ContentEncoding = encoding;
        }
    }

    private static void AllowAnyOrigin(HttpResponse response)
    {
        response.Headers.AccessControlAllowOrigin = "*";
        response.Headers.AccessControlExposeHeaders = "ETag, Content-Length, Content-Range, Accept-Ranges";
        response.Headers["Cross-Origin-Resource-Policy"] = "cross-origin";
        response.Headers["Timing-Allow-Origin"] = "*";
        BlobContentPolicy.Apply(response);
    }
}

/// <summary>Blobs share the portal's origin here: whatever they hold, a browser must never run it as a page of that origin.</summary>
internal static class BlobContentPolicy
{
    public static void Apply(HttpResponse response)
    {
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.ContentSecurityPolicy = "sandbox; default-src 'none'";
    }
}
