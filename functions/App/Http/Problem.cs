using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;

namespace Portico.Http;

/// <summary>
/// An RFC 9457 answer with a code from the catalogue. <c>detail</c> is always our own words: exception text never
/// gets here.
/// </summary>
public sealed class Problem(ErrorCode error) : IResult, IStatusCodeHttpResult
{
    private const string TypePrefix = "urn:portico:problem:";
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    public ErrorCode Error { get; } = error;

    /// <summary>About this occurrence, for a person.</summary>
    public string? Detail { get; init; }

    /// <summary>Field → what is wrong with it.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>>? Errors { get; init; }

    /// <summary>Sent as <c>Retry-After</c>.</summary>
    public TimeSpan? RetryAfter { get; init; }

    public int? StatusCode => Error.Status;

    /// <summary>A problem that needs no more words.</summary>
    public static Problem Of(ErrorCode error, string? detail = null) => new(error) { Detail = detail };

    /// <summary>One invalid field.</summary>
    public static Problem Field(string field, string message) =>
        new(ErrorCatalogue.InvalidRequest) { Errors = new Dictionary<string, IReadOnlyList<string>> { [field] = [message] } };

    /// <inheritdoc />
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = Error.Status;
        response.Headers.CacheControl = "no-store";
        if (RetryAfter is { } wait)
        {
            response.Headers.RetryAfter = ((long)Math.Ceiling(wait.TotalSeconds)).ToString();
        }

        if (Error.Status == StatusCodes.Status401Unauthorized)
        {
            response.Headers.WWWAuthenticate = "Bearer";
        }

        var body = new Body(
            TypePrefix + Error.Code,
            Error.Title,
            Error.Status,
            Detail,
            httpContext.Request.Path,
            Error.Code,
            Activity.Current?.TraceId.ToString() ?? httpContext.TraceIdentifier,
            Errors);
        return response.WriteAsJsonAsync(body, Json, "application/problem+json", httpContext.RequestAborted);
    }

    private sealed record Body(string Type, string Title, int Status, string? Detail, string Instance, string Code, string TraceId, IReadOnlyDictionary<string, IReadOnlyList<string>>? Errors);
}
