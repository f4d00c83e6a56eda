using Microsoft.Data.Sqlite;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Portico.Storage;

namespace Portico.EmbeddedHost.Durable;

/// <summary>Instances as clients see them.</summary>
internal static class InstanceQueries
{
    // A suspended instance shows as such for as long as it is open.
    private const string Columns = """
        SELECT id, name, CASE WHEN suspended AND status IN (0, 6) THEN 7 ELSE status END AS shown, created_at, updated_at,
            CASE WHEN status = 3 THEN failure END,
            CASE WHEN $1 THEN custom_status END, CASE WHEN $1 THEN output END,
            CASE WHEN $1 THEN (SELECT payload FROM events WHERE events.execution = instances.execution AND seq = 1) END
        FROM instances
        """;

    private const string Filter = """
        (1 << (CASE WHEN suspended AND status IN (0, 6) THEN 7 ELSE status END)) & $2
        AND created_at BETWEEN $3 AND $4 AND substr(id, 1, length($5)) = $5 AND id > $6
        ORDER BY id LIMIT $7
        """;

    /// <summary>One instance, null if there is none of that id.</summary>
    /// <param name="converter">Reads its payloads; null leaves them out.</param>
    public static OrchestrationMetadata? Get(SqliteSession session, string instanceId, DataConverter? converter)
    {
        using var row = session.Statement(Columns + " WHERE id = $2", converter is not null, instanceId).ExecuteReader();
        return row.Read() ? Metadata(session, row, converter) : null;
    }

    /// <summary>One page, in the order of ids.</summary>
    /// <param name="after">The last id of the page before, null for the first.</param>
    public static List<OrchestrationMetadata> List(
        SqliteSession session, OrchestrationQuery query, DataConverter? converter, string? after, int pageSize)
    {
        var page = new List<OrchestrationMetadata>();
        using var rows = session.Statement(
            Columns + " WHERE " + Filter,
            converter is not null, Mask(query.Statuses), Ticks(query.CreatedFrom, long.MinValue), Ticks(query.CreatedTo, long.MaxValue),
            query.InstanceIdPrefix ?? "", after ?? "", pageSize).ExecuteReader();
        while (rows.Read())
        {
            page.Add(Metadata(session, rows, converter));
        }

        return page;
    }

    /// <summary>Ended executions that match.</summary>
    public static List<long> Ended(SqliteSession session, PurgeInstancesFilter filter, int limit)
    {
        var ended = new List<long>();
        using var rows = session.Statement(
            """
            SELECT execution FROM instances
            WHERE status NOT IN (0, 6) AND (1 << status) & $1 AND created_at BETWEEN $2 AND $3 LIMIT $4
            """,
            Mask(filter.Statuses), Ticks(filter.CreatedFrom, long.MinValue), Ticks(filter.CreatedTo, long.MaxValue), limit).ExecuteReader();
        while (rows.Read())
        {
            ended.Add(rows.GetInt64(0));
        }

        return ended;
    }

    private static int Mask(IEnumerable<OrchestrationRuntimeStatus>? statuses)
    {
        var mask = (statuses ?? []).Aggregate(0, (bits, status) => bits | (1 << (int)status));
        return mask == 0 ? -1 : mask;
    }

    private static long Ticks(DateTimeOffset? time, long otherwise) => time?.UtcTicks ?? otherwise;

    private static OrchestrationMetadata Metadata(SqliteSession session, SqliteDataReader row, DataConverter? converter) => new(row.GetString(1), row.GetString(0))
    {
        RuntimeStatus = (OrchestrationRuntimeStatus)row.GetInt32(2),
        CreatedAt = new DateTimeOffset(row.GetInt64(3), TimeSpan.Zero),
        LastUpdatedAt = new DateTimeOffset(row.GetInt64(4), TimeSpan.Zero),
        FailureDetails = InstanceRows.Text(row, 5) is { } failure ? Payload.DeserializeFailure(failure) : null,
        SerializedCustomStatus = InstanceRows.Text(row, 6),
        SerializedOutput = LargePayloads.Get(session, InstanceRows.Text(row, 7)),
        SerializedInput = LargePayloads.Get(session, InstanceRows.Text(row, 8)),
        DataConverter = converter,
    };
}
