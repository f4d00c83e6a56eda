using System.Security.Cryptography;
using System.Text.Json;
using Portico.Storage;

namespace Portico.Documents.Sqlite;

/// <summary>
/// A row of the table <c>document</c>, and the statements on single rows. A row of another type than the
/// asked-for counts as absent, except that its id is taken.
/// </summary>
internal sealed record SqliteDocumentRow(string Id, string Type, string ETag, string Json)
{
    public Stored<T> As<T>()
        where T : class, IDocument => new(JsonSerializer.Deserialize<T>(Json, DocumentJson.Options)!, ETag);

    public static SqliteDocumentRow? Find(SqliteSession session, string container, string partition, string id, string type)
    {
        using var reader = session.Statement(
            "SELECT etag, json FROM document WHERE container = $1 AND partition = $2 AND id = $3 AND type = $4",
            container, partition, id, type).ExecuteReader();
        return reader.Read() ? new SqliteDocumentRow(id, type, reader.GetString(0), reader.GetString(1)) : null;
    }

    /// <summary>A page of all partitions of a container, after the given key.</summary>
    public static List<(string Partition, SqliteDocumentRow Row)> Scan(SqliteSession session, string container, string afterPartition, string afterId, int limit)
    {
        var rows = new List<(string, SqliteDocumentRow)>();
        using var reader = session.Statement(
            "SELECT partition, id, type, etag, json FROM document WHERE container = $1 AND (partition, id) > ($2, $3) ORDER BY partition, id LIMIT $4",
            container, afterPartition, afterId, limit).ExecuteReader();
        while (reader.Read())
        {
            rows.Add((reader.GetString(0), new SqliteDocumentRow(reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetString(4))));
        }

        return rows;
    }

    /// <summary>Create, replace or upsert, in one statement: nothing is looked at before it is changed.</summary>
    public static (WriteOutcome Outcome, string ETag) Write(
        SqliteSession session, BatchKind kind, string container, string partition, string id, string type, string json, string? ifMatch)
    {
        var etag = NewETag();
        var written = kind switch
        {
            BatchKind.Create => session.Run(
                "INSERT INTO document (container, partition, id, type, etag, json) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
                container, partition, id, type, etag, json),
            BatchKind.Upsert => session.Run(
                """
                INSERT INTO document (container, partition, id, type, etag, json) VALUES ($1, $2, $3, $4, $5, $6)
                ON CONFLICT DO UPDATE SET type = excluded.type, etag = excluded.etag, json = excluded.json
                """,
                container, partition, id, type, etag, json),
            BatchKind.Replace when ifMatch is null => session.Run(
                "UPDATE document SET etag = $5, json = $6 WHERE container = $1 AND partition = $2 AND id = $3 AND type = $4",
                container, partition, id, type, etag, json),
            BatchKind.Replace => session.Run(
                "UPDATE document SET etag = $5, json = $6 WHERE container = $1 AND partition = $2 AND id = $3 AND type = $4 AND etag = $7",
                container, partition, id, type, etag, json, ifMatch),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
        };

        return (written > 0 ? WriteOutcome.Written : Refusal(session, kind, container, partition, id, type), etag);
    }

    public static (WriteOutcome Outcome, SqliteDocumentRow? Row) Patch(
        SqliteSession session, string container, string partition, string id, string type, Type clrType, DocumentPatch patch, string? ifMatch)
    {
        var before = Find(session, container, partition, id, type);
        if (before is null)
        {
            return (WriteOutcome.Absent, null);
        }

        if (ifMatch is not null && before.ETag != ifMatch)
        {
            return (WriteOutcome.Conflict, null);
        }

        var after = new SqliteDocumentRow(id, type, NewETag(), PatchedJson.Apply(before.Json, patch));
        DocumentShape.CheckSize(after.Json, clrType);
        // A patch that removes what the type requires fails here, inside the transaction, and never poisons a document.
        _ = JsonSerializer.Deserialize(after.Json, clrType, DocumentJson.Options);
        session.Run(
            "UPDATE document SET etag = $4, json = $5 WHERE container = $1 AND partition = $2 AND id = $3",
            container, partition, id, after.ETag, after.Json);
        return (WriteOutcome.Written, after);
    }

    public static WriteOutcome Delete(SqliteSession session, string container, string partition, string id, string type, string? ifMatch)
    {
        var deleted = ifMatch is null
            ? session.Run("DELETE FROM document WHERE container = $1 AND partition = $2 AND id = $3 AND type = $4", container, partition, id, type)
            : session.Run("DELETE FROM document WHERE container = $1 AND partition = $2 AND id = $3 AND type = $4 AND etag = $5", container, partition, id, type, ifMatch);
        return deleted > 0 ? WriteOutcome.Written : Refusal(session, BatchKind.Delete, container, partition, id, type);
    }

    private static WriteOutcome Refusal(SqliteSession session, BatchKind kind, string container, string partition, string id, string type) =>
        kind == BatchKind.Create || Find(session, container, partition, id, type) is not null ? WriteOutcome.Conflict : WriteOutcome.Absent;

    /// <summary>96 random bits.</summary>
    private static string NewETag()
    {
        Span<byte> bytes = stackalloc byte[12];
        RandomNumberGenerator.Fill(bytes);
        return Convert.ToHexStringLower(bytes);
    }
}
