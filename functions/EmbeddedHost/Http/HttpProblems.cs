using System.Buffers;
using System.Diagnostics;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;
using Portico.EmbeddedHost.Hosting;
using Portico.EmbeddedHost.Invocation;

namespace Portico.EmbeddedHost.Http;

/// <summary>
/// RFC 9457 answers for what no function answered: unknown routes and methods below the prefix, requests that do not
/// fit a signature, and exceptions that the app's own middleware let through. Never an exception's text.
/// </summary>
internal sealed class HttpProblems(RequestDelegate next, HostSettings settings, ILogger<HttpProblems> logger)
{
    private readonly PathString _prefix = "/" + settings.RoutePrefix;

    public async Task InvokeAsync(HttpContext http)
    {
        try
        {
            await next(http);
        }
        catch (Exception failure)
        {
            await AnswerAsync(http, failure);
            return;
        }

        // Only the framework's own answers are empty here: a function's belong to the function.
        if (http.Request.Path.StartsWithSegments(_prefix) && !http.Response.HasStarted
            && http.Response.StatusCode is 404 or 405 && http.GetEndpoint()?.Metadata.GetMetadata<FunctionDescriptor>() is null)
        {
            await WriteAsync(http, http.Response.StatusCode, null);
        }
    }

    private async Task AnswerAsync(HttpContext http, Exception failure)
    {
        var (status, detail) = failure switch
        {
            BindingException mismatch => (StatusCodes.Status400BadRequest, mismatch.Message),
            BadHttpRequestException bad => (bad.StatusCode, null),
            OperationCanceledException when http.RequestAborted.IsCancellationRequested => (StatusCodes.Status499ClientClosedRequest, null),
            OperationCanceledException => (StatusCodes.Status503ServiceUnavailable, null),
            _ => (StatusCodes.Status500InternalServerError, (string?)null),
        };
        if (status == StatusCodes.Status500InternalServerError)
        {
            logger.LogError(failure, "{Method} {Path} failed", http.Request.Method, http.Request.Path);
        }

        if (http.Response.HasStarted)
        {
            // Half an answer is out: only cutting the connection tells the client that it is not whole.
            http.Abort();
            return;
        }

        http.Response.Clear();
        await WriteAsync(http, status, detail);
    }

    private static async Task WriteAsync(HttpContext http, int status, string? detail)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/problem+json";
        http.Response.Headers.CacheControl = "no-store";
        if (HttpMethods.IsHead(http.Request.Method))
        {
            return;
        }

        // The codes of the app's own catalogue where it has one for the case.
        var (code, title) = status switch
        {
            400 => ("request.invalid", "The request is not valid."),
            404 => ("resource.not_found", "There is no such resource."),
            405 => ("request.method_not_allowed", "This address does not take this method."),
            408 => ("request.too_slow", "The request took too long to arrive."),
            413 => ("request.body_too_large", "The body is too large."),
            415 => ("request.unsupported_media_type", "The body's media type is not supported."),
            500 => ("service.internal", "Something went wrong on our side."),
            503 => ("service.stopping", "The service is restarting."),
            _ => ("request.refused", ReasonPhrases.GetReasonPhrase(status)),
        };
        var body = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteString("type", "urn:portico:problem:" + code);
            json.WriteString("title", title);
            json.WriteNumber("status", status);
            if (detail is not null)
            {
                json.WriteString("detail", detail);
            }

            json.WriteString("instance", http.Request.Path.Value);
            json.WriteString("code", code);
            json.WriteString("traceId", Activity.Current?.TraceId.ToString() ?? http.TraceIdentifier);
            json.WriteEndObject();
        }

        await http.Response.BodyWriter.WriteAsync(body.WrittenMemory, http.RequestAborted);
    }
}
