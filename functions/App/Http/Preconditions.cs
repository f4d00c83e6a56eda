using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http;

namespace Portico.Http;

/// <summary><c>If-Match</c>: optional everywhere; without it the last writer wins.</summary>
public static class Preconditions
{
    /// <summary>An entity tag as headers carry it.</summary>
    public static string Quote(string etag) => etag.StartsWith('"') ? etag : $"\"{etag}\"";

    /// <summary>
    /// The one version the caller insists on, or null when any will do. Several tags are refused: no client of a
    /// JSON API means them.
    /// </summary>
    public static bool TryReadIfMatch(HttpRequest request, string currentETag, out string? ifMatch, [NotNullWhen(false)] out IResult? problem)
    {
        problem = null;
        ifMatch = null;
        var header = request.Headers.IfMatch.ToString().Trim();
        if (header.Length == 0 || header == "*")
        {
            return true;
        }

        if (header != Quote(currentETag))
        {
            problem = Problem.Of(ErrorCatalogue.PreconditionFailed);
            return false;
        }

        ifMatch = currentETag;
        return true;
    }
}
