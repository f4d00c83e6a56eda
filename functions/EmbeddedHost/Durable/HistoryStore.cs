using Microsoft.DurableTask.Client;
using Portico.Storage;

namespace Portico.EmbeddedHost.Durable;

/// <summary>An activity that is owed.</summary>
internal readonly record struct PendingActivity(long Execution, int TaskId, string Name, string InstanceId);

/// <summary>A timer that is owed, or, with <paramref name="InstanceId"/>, an instance whose start is.</summary>
/// <param name="DueAt">UTC ticks.</param>
internal readonly record struct PendingTimer(long Execution, int TaskId, long DueAt, string? InstanceId);

/// <summary>The engine's file: what it reads, and its transactions. Each write's task completes once it is on the disk.</summary>
internal sealed class HistoryStore : IAsyncDisposable
{
    private readonly SqliteDatabase _database;
    private readonly TimeProvider _time;

    public HistoryStore(DurableEngineOptions options, TimeProvider time)
    {
        _database = SqliteDatabase.Open(options.DatabasePath, HistorySchema.Script, options.FaultPoint);
        _time = time;
    }

    /// <summary>Now, as UTC ticks.</summary>
    public long Now => _time.GetUtcNow().UtcTicks;

    /// <summary>Runs a transaction and returns the ids of the instances that it gave something to do.</summary>
    public Task<List<string>> WriteAsync(Action<SqliteSession, long, List<string>> work, CancellationToken cancellation = default) =>
        _database.WriteAsync(
            session =>
            {
                var woken = new List<string>();
                work(session, Now, woken);
                return woken;
            },
            cancellation);

    /// <inheritdoc cref="WriteAsync(Action{SqliteSession, long, List{string}}, CancellationToken)"/>
    public async Task<(T Result, List<string> Woken)> WriteAsync<T>(
        Func<SqliteSession, long, List<string>, T> work, CancellationToken cancellation = default)
    {
        T result = default!;
        var woken = await WriteAsync((session, now, list) => { result = work(session, now, list); }, cancellation);
        return (result, woken);
    }

    /// <summary>
    /// Reads on one snapshot that holds every acknowledged write: between two statements an instance may be replaced,
    /// and a payload of the old one would be looked for in the new.
    /// </summary>
    public T Read<T>(Func<SqliteSession, T> query) => _database.Read(session =>
    {
        session.Run("BEGIN");
        try
        {
            return query(session);
        }
        finally
        {
            session.Run("COMMIT");
        }
    });

    /// <summary>An instance and its inbox.</summary>
    public (InstanceRow Row, List<HistoryEvent> Inbox)? ReadForTurn(string instanceId) => Read<(InstanceRow, List<HistoryEvent>)?>(session =>
        InstanceRows.Find(session, instanceId) is { } row
            ? (row, Events(session, row.Execution, row.ProcessedSeq, long.MaxValue))
            : null);

    /// <summary>The recorded ground of an execution.</summary>
    public (List<HistoryTurn> Turns, List<HistoryEvent> Events, List<OrchestrationAction> Actions) ReadHistory(InstanceRow row) => Read(session =>
    {
        var turns = new List<HistoryTurn>();
        using (var rows = session.Statement(
            "SELECT number, at, upto_seq, action_count FROM turns WHERE execution = $1 AND number <= $2 ORDER BY number", row.Execution, row.Turn).ExecuteReader())
        {
            while (rows.Read())
            {
                turns.Add(new(rows.GetInt32(0), rows.GetInt64(1), rows.GetInt64(2), rows.GetInt32(3)));
            }
        }

        var actions = new List<OrchestrationAction>();
        using (var rows = session.Statement(
            "SELECT task_id, kind, name, target, due_at FROM actions WHERE execution = $1 ORDER BY task_id", row.Execution).ExecuteReader())
        {
            while (rows.Read())
            {
                actions.Add(new(
                    rows.GetInt32(0), (OrchestrationActionKind)rows.GetInt32(1), rows.GetString(2), InstanceRows.Text(rows, 3), DueAt: rows.GetInt64(4)));
            }
        }

        return (turns, Events(session, row.Execution, 0, row.ProcessedSeq), actions);
    });

    /// <summary>The input of an owed activity. Null if it is owed no longer (the instance was terminated or removed).</summary>
    public ActivityCall? ReadOwedCall(PendingActivity activity) => Read(session =>
    {
        using var rows = session.Statement(
            """
            SELECT actions.payload FROM pending JOIN actions USING(execution, task_id)
            WHERE pending.execution = $1 AND pending.task_id = $2
            """,
            activity.Execution, activity.TaskId).ExecuteReader();
        return rows.Read() ? new ActivityCall(activity.Name, activity.InstanceId, activity.TaskId, LargePayloads.Get(session, InstanceRows.Text(rows, 0))) : null;
    });

    /// <summary>Records an activity's end, once. The instances woken are none if it is owed no longer.</summary>
    public Task<List<string>> RecordActivityAsync(PendingActivity activity, HistoryEventKind kind, string? payload) =>
        WriteAsync((session, now, woken) =>
        {
            if (session.Run("DELETE FROM pending WHERE execution = $1 AND task_id = $2", activity.Execution, activity.TaskId) == 1)
            {
                InstanceRows.Answer(session, activity.Execution, activity.TaskId, kind, payload, now, woken);
            }
        });

    /// <summary>Records that timers fired. Cancelled ones are passed over.</summary>
    public Task<List<string>> RecordTimersAsync(IReadOnlyList<PendingTimer> timers) =>
        WriteAsync((session, now, woken) =>
        {
            foreach (var timer in timers)
            {
                if (session.Run("DELETE FROM pending WHERE execution = $1 AND task_id = $2", timer.Execution, timer.TaskId) == 1)
                {
                    InstanceRows.Answer(
                        session, timer.Execution, timer.TaskId, HistoryEventKind.TimerFired, null, Math.Max(now, timer.DueAt), woken);
                }
            }
        });

    /// <summary>What is owed after a start: instances with an unread inbox, activities, timers and delayed starts.</summary>
    public (List<string> Ready, List<PendingActivity> Activities, List<PendingTimer> Timers) ReadOwed() => Read(session =>
    {
        var ready = new List<string>();
        using (var rows = session.Statement(
            """
            SELECT id FROM instances
            WHERE status IN (0, 6) AND suspended = 0 AND start_at = 0 AND EXISTS(
                SELECT 1 FROM events WHERE events.execution = instances.execution AND events.seq > instances.processed_seq)
            ORDER BY execution
            """).ExecuteReader())
        {
            while (rows.Read())
            {
                ready.Add(rows.GetString(0));
            }
        }

        var activities = new List<PendingActivity>();
        using (var rows = session.Statement(
            """
            SELECT pending.execution, pending.task_id, actions.name, instances.id
            FROM pending JOIN actions USING(execution, task_id) JOIN instances USING(execution)
            WHERE pending.kind = 0 ORDER BY pending.execution, pending.task_id
            """).ExecuteReader())
        {
            while (rows.Read())
            {
                activities.Add(new(rows.GetInt64(0), rows.GetInt32(1), rows.GetString(2), rows.GetString(3)));
            }
        }

        var timers = new List<PendingTimer>();
        using (var rows = session.Statement(
            """
            SELECT execution, task_id, due_at, NULL FROM pending WHERE kind = 2
            UNION ALL SELECT execution, -1, start_at, id FROM instances WHERE status IN (0, 6) AND start_at > 0
            """).ExecuteReader())
        {
            while (rows.Read())
            {
                timers.Add(new(rows.GetInt64(0), rows.GetInt32(1), rows.GetInt64(2), InstanceRows.Text(rows, 3)));
            }
        }

        return (ready, activities, timers);
    });

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    private static List<HistoryEvent> Events(SqliteSession session, long execution, long after, long upto)
    {
        var events = new List<HistoryEvent>();
        using var rows = session.Statement(
            "SELECT seq, kind, task_id, name, payload, at FROM events WHERE execution = $1 AND seq > $2 AND seq <= $3 ORDER BY seq",
            execution, after, upto).ExecuteReader();
        while (rows.Read())
        {
            events.Add(new(
                rows.GetInt64(0), (HistoryEventKind)rows.GetInt32(1), rows.GetInt32(2), InstanceRows.Text(rows, 3),
                LargePayloads.Get(session, InstanceRows.Text(rows, 4)), rows.GetInt64(5)));
        }

        return events;
    }
}
