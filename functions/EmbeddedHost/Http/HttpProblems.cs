using Microsoft.AspNetCore.Http;
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
            await HostProblem.WriteAsync(http, http.Response.StatusCode);
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
        await HostProblem.WriteAsync(http, status, detail);
    }
}
