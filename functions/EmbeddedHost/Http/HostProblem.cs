using System.Buffers;
using System.Diagnostics;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Portico.EmbeddedHost.Http;

/// <summary>A problem that the host itself answers. Codes and titles are those of the app's catalogue (docs/errors.md).</summary>
/// <param name="Title">Null where the status's own name says all there is to say.</param>
internal sealed record HostProblem(int Status, string Code, string? Title)
{
    public static readonly HostProblem StorageUnavailable = new(503, "service.storage_unavailable", "Storage is not reachable just now.");

    private static readonly HostProblem Refused = new(400, "request.refused", null);

    private static readonly HostProblem[] ByStatus =
    [
        new(400, "request.invalid", "The request is not valid."),
        new(404, "resource.not_found", "There is no such resource."),
        new(405, "request.method_not_allowed", "This address does not take this method."),
        new(408, "request.too_slow", "The request took too long to arrive."),
        new(413, "request.body_too_large", "The body is too large."),
        new(415, "request.unsupported_media_type", "The body's media type is not supported."),
        new(500, "service.internal", "Something went wrong on our side."),
        new(503, "service.stopping", "The service is restarting."),
    ];

    /// <summary>Everything the host may answer.</summary>
    public static IEnumerable<HostProblem> All => [StorageUnavailable, Refused, .. ByStatus];

    /// <summary>Answers with the problem that <paramref name="status"/> stands for.</summary>
    public static Task WriteAsync(HttpContext http, int status, string? detail = null) =>
        (Array.Find(ByStatus, known => known.Status == status) ?? Refused with { Status = status }).WriteAsync(http, detail);

    /// <summary>Answers with this problem. <paramref name="detail"/> is our own words, never an exception's.</summary>
    public async Task WriteAsync(HttpContext http, string? detail = null)
    {
        http.Response.StatusCode = Status;
        http.Response.ContentType = "application/problem+json";
        http.Response.Headers.CacheControl = "no-store";
        if (HttpMethods.IsHead(http.Request.Method))
        {
            return;
        }

        var body = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteString("type", "urn:portico:problem:" + Code);
            json.WriteString("title", Title ?? ReasonPhrases.GetReasonPhrase(Status));
            json.WriteNumber("status", Status);
            if (detail is not null)
            {
                json.WriteString("detail", detail);
            }

            json.WriteString("instance", http.Request.Path.Value);
            json.WriteString("code", Code);
            json.WriteString("traceId", Activity.Current?.TraceId.ToString() ?? http.TraceIdentifier);
            json.WriteEndObject();
        }

        await http.Response.BodyWriter.WriteAsync(body.WrittenMemory, http.RequestAborted);
    }
}
