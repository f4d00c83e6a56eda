using System.Globalization;
using Portico.Storage;

namespace Portico.EmbeddedHost.Durable;

/// <summary>
/// Long payloads, in a table of their own: rows that a replay reads, and the pages they share, stay small, and what
/// only points at a payload doesn't carry it. In a row stands the text itself or a reference, <c>@</c> and a number,
/// which no JSON begins with. A payload belongs to one execution and goes with it, in the same transaction.
/// </summary>
internal static class LargePayloads
{
    /// <summary>Longest text, in characters, that stands in the row itself.</summary>
    public const int MaxInlineChars = 32 * 1024;

    private const char Mark = '@';

    /// <summary>What to write into an execution's row for this text.</summary>
    public static string? Put(SqliteSession session, long execution, string? json)
    {
        if (json is null || (json.Length <= MaxInlineChars && !json.StartsWith(Mark)))
        {
            return json;
        }

        session.Run("INSERT INTO payloads(execution, json) VALUES($1, $2)", execution, json);
        return Mark + ((long)session.Statement("SELECT last_insert_rowid()").ExecuteScalar()!).ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>The text that a row's entry stands for.</summary>
    public static string? Get(SqliteSession session, string? stored) =>
        stored is null || !stored.StartsWith(Mark)
            ? stored
            : session.Statement("SELECT json FROM payloads WHERE id = $1", long.Parse(stored.AsSpan(1), CultureInfo.InvariantCulture)).ExecuteScalar() as string
                ?? throw new InvalidOperationException($"The history refers to payload {stored}, which is not there.");

    /// <summary>Hands the payloads of an execution's events after <paramref name="afterSeq"/> to another execution.</summary>
    public static void Hand(SqliteSession session, long from, long afterSeq, long to) =>
        session.Run(
            """
            UPDATE payloads SET execution = $3 WHERE execution = $1 AND id IN (
                SELECT CAST(substr(payload, 2) AS INTEGER) FROM events WHERE execution = $1 AND seq > $2 AND payload LIKE '@%')
            """,
            from, afterSeq, to);
}
