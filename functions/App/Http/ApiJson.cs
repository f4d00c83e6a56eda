using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;

namespace Portico.Http;

/// <summary>How the API writes JSON: camelCase, absent rather than null, RFC 3339 times.</summary>
public static class ApiJson
{
    public static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static IResult Ok<T>(T value) => Results.Json(value, Options);

    /// <summary>200 with the version that <c>If-Match</c> takes.</summary>
    public static IResult Ok<T>(HttpResponse response, T value, string etag)
    {
        response.Headers.ETag = Preconditions.Quote(etag);
        return Results.Json(value, Options);
    }

    public static IResult Created<T>(HttpResponse response, string location, T value, string? etag = null)
    {
        response.Headers.Location = location;
        if (etag is not null)
        {
            response.Headers.ETag = Preconditions.Quote(etag);
        }

        return Results.Json(value, Options, statusCode: StatusCodes.Status201Created);
    }
}
