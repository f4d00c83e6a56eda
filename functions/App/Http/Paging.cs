using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Portico.Http;

/// <summary><c>?limit&amp;cursor</c>.</summary>
/// <param name="Limit">1–100; 50 when not given.</param>
/// <param name="Continuation">The store's own token; null for the first page.</param>
public sealed record Paging(int Limit, string? Continuation)
{
    private const int MaxLimit = 100;
    private const int MaxCursorLength = 4096;

    public static bool TryRead(HttpRequest request, [NotNullWhen(true)] out Paging? paging, [NotNullWhen(false)] out IResult? problem)
    {
        paging = null;
        problem = null;
        var limit = 50;
        if (request.Query["limit"].ToString() is { Length: > 0 } limitText && (!int.TryParse(limitText, out limit) || limit is < 1 or > MaxLimit))
        {
            problem = Problem.Field("limit", $"Must be a number from 1 to {MaxLimit}.");
            return false;
        }

        var cursor = request.Query["cursor"].ToString();
        if (cursor.Length == 0)
        {
            paging = new Paging(limit, null);
            return true;
        }

        if (cursor.Length > MaxCursorLength || !Base64Url.IsValid(cursor))
        {
            problem = Problem.Of(ErrorCatalogue.InvalidCursor);
            return false;
        }

        paging = new Paging(limit, Encoding.UTF8.GetString(Base64Url.DecodeFromChars(cursor)));
        return true;
    }

    /// <summary>What clients pass back for the next page.</summary>
    public static string? Cursor(string? continuation) =>
        continuation is null ? null : Base64Url.EncodeToString(Encoding.UTF8.GetBytes(continuation));
}

/// <summary>A page as the API sends it.</summary>
public sealed record PageOf<T>(IReadOnlyList<T> Items, string? Cursor);
