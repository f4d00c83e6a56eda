using Microsoft.Data.Sqlite;
using Microsoft.DurableTask.Client;
using Portico.Storage;

namespace Portico.EmbeddedHost.Durable;

/// <summary>An instance to be.</summary>
/// <param name="StartAt">When it starts, as UTC ticks; 0 for at once.</param>
/// <param name="Parent">The caller, for a sub-orchestration.</param>
/// <param name="ParentTaskId">The caller's action.</param>
internal sealed record NewInstance(
    string Id, string Name, string? Input, long StartAt = 0, InstanceIdentity? Parent = null, int ParentTaskId = -1);

/// <summary>
/// The life of instances inside a transaction: created, told something, ended, removed. Whoever must take a turn
/// because of it is added to <c>woken</c>.
/// </summary>
internal static class InstanceRows
{
    private const int Running = (int)OrchestrationRuntimeStatus.Running;
    private const int Pending = (int)OrchestrationRuntimeStatus.Pending;

    /// <summary>Creates an instance, replacing an ended one of the same id. False if one of that id is open.</summary>
    public static bool TryCreate(SqliteSession session, NewInstance instance, long now, List<string> woken)
    {
        if (Find(session, instance.Id) is { } existing)
        {
            if (existing.IsOpen)
            {
                return false;
            }

            Delete(session, existing.Execution);
        }

        var parent = instance.Parent;
        session.Run(
            """
            INSERT INTO instances(id, name, status, created_at, updated_at, start_at, parent_execution, parent_task, parent_id, parent_name)
            VALUES($1, $2, 6, $3, $3, $4, $5, $6, $7, $8)
            """,
            instance.Id, instance.Name, now, instance.StartAt,
            parent?.Execution, parent is null ? null : instance.ParentTaskId, parent?.InstanceId, parent?.Name);
        var execution = (long)session.Statement("SELECT last_insert_rowid()").ExecuteScalar()!;
        AppendEvent(session, execution, HistoryEventKind.Started, -1, null, instance.Input, now);
        woken.Add(instance.Id);
        return true;
    }

    /// <summary>Puts something into an execution's inbox.</summary>
    public static void AppendEvent(
        SqliteSession session, long execution, HistoryEventKind kind, int taskId, string? name, string? payload, long now) =>
        session.Run(
            """
            INSERT INTO events(execution, seq, kind, task_id, name, payload, at)
            SELECT $1, ifnull(max(seq), 0) + 1, $2, $3, $4, $5, $6 FROM events WHERE execution = $1
            """,
            execution, (int)kind, taskId, name, LargePayloads.Put(session, execution, payload), now);

    /// <summary>Raises an external event. Nothing happens if no instance of that id is open.</summary>
    public static void RaiseEvent(SqliteSession session, string instanceId, string name, string? payload, long now, List<string> woken)
    {
        if (Find(session, instanceId) is { IsOpen: true } target)
        {
            AppendEvent(session, target.Execution, HistoryEventKind.EventRaised, -1, name, payload, now);
            woken.Add(instanceId);
        }
    }

    /// <summary>Answers an action of an execution, if that is still open.</summary>
    public static void Answer(
        SqliteSession session, long execution, int taskId, HistoryEventKind kind, string? payload, long now, List<string> woken)
    {
        if (session.Statement("SELECT id FROM instances WHERE execution = $1 AND status IN (0, 6)", execution).ExecuteScalar() is string id)
        {
            AppendEvent(session, execution, kind, taskId, null, payload, now);
            woken.Add(id);
        }
    }

    /// <summary>
    /// Ends an open execution and answers its parent. Timers are dropped; activities that were asked for still run,
    /// their results for nobody, unless the instance was terminated.
    /// </summary>
    /// <param name="forGood">Whether the parent should not try again.</param>
    public static void End(
        SqliteSession session, long execution, OrchestrationRuntimeStatus status, string? output, string? failure, long now, List<string> woken,
        bool forGood = false)
    {
        session.Run(
            "UPDATE instances SET status = $2, suspended = 0, output = $3, failure = $4, updated_at = $5 WHERE execution = $1",
            execution, (int)status, LargePayloads.Put(session, execution, output), failure, now);
        session.Run(
            "DELETE FROM pending WHERE execution = $1 AND (kind = 2 OR $2)",
            execution, status == OrchestrationRuntimeStatus.Terminated ? 1 : 0);

        long? parent = null;
        var parentTask = -1;
        using (var row = session.Statement("SELECT parent_execution, parent_task FROM instances WHERE execution = $1", execution).ExecuteReader())
        {
            if (row.Read() && !row.IsDBNull(0))
            {
                (parent, parentTask) = (row.GetInt64(0), row.GetInt32(1));
            }
        }

        if (parent is { } parentExecution)
        {
            var isWell = status == OrchestrationRuntimeStatus.Completed;
            var kind = isWell ? HistoryEventKind.TaskCompleted : forGood ? HistoryEventKind.TaskFailedForGood : HistoryEventKind.TaskFailed;
            Answer(session, parentExecution, parentTask, kind, isWell ? output : failure, now, woken);
        }
    }

    /// <summary>Removes an execution and all that belongs to it. Returns 1, or 0 if it was gone already.</summary>
    public static int Delete(SqliteSession session, long execution)
    {
        session.Run("DELETE FROM events WHERE execution = $1", execution);
        session.Run("DELETE FROM turns WHERE execution = $1", execution);
        session.Run("DELETE FROM actions WHERE execution = $1", execution);
        session.Run("DELETE FROM pending WHERE execution = $1", execution);
        session.Run("DELETE FROM payloads WHERE execution = $1", execution);
        return session.Run("DELETE FROM instances WHERE execution = $1", execution);
    }

    /// <summary>The current execution of an instance, null if there is none of that id.</summary>
    public static InstanceRow? Find(SqliteSession session, string id)
    {
        using var row = session.Statement(
            """
            SELECT execution, name, status, suspended, start_at, turn, processed_seq, parent_id, parent_name, custom_status
            FROM instances WHERE id = $1
            """,
            id).ExecuteReader();
        return row.Read()
            ? new(
                new(row.GetInt64(0), id, row.GetString(1), Text(row, 7), Text(row, 8)),
                (OrchestrationRuntimeStatus)row.GetInt32(2), row.GetInt32(3) != 0, row.GetInt64(4), row.GetInt32(5), row.GetInt64(6), Text(row, 9))
            : null;
    }

    /// <summary>The children of an execution, whatever their state.</summary>
    public static List<(long Execution, string Id, bool IsOpen)> Children(SqliteSession session, long execution)
    {
        var children = new List<(long, string, bool)>();
        using var rows = session.Statement(
            "SELECT execution, id, status FROM instances WHERE parent_execution = $1", execution).ExecuteReader();
        while (rows.Read())
        {
            children.Add((rows.GetInt64(0), rows.GetString(1), IsOpen((OrchestrationRuntimeStatus)rows.GetInt32(2))));
        }

        return children;
    }

    public static bool IsOpen(OrchestrationRuntimeStatus status) => (int)status is Running or Pending;

    public static string? Text(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}

/// <summary>An instance as its row has it.</summary>
/// <param name="Identity">Its current execution.</param>
/// <param name="Status">Running, Pending or how it ended; suspension is kept beside.</param>
/// <param name="Suspended">Whether it takes no turns until it is resumed.</param>
/// <param name="StartAt">When it may start, as UTC ticks; 0 for at once.</param>
/// <param name="Turn">Turns taken.</param>
/// <param name="ProcessedSeq">The last event that a turn saw.</param>
/// <param name="CustomStatus">As JSON.</param>
internal sealed record InstanceRow(
    InstanceIdentity Identity,
    OrchestrationRuntimeStatus Status,
    bool Suspended,
    long StartAt,
    int Turn,
    long ProcessedSeq,
    string? CustomStatus)
{
    public long Execution => Identity.Execution;

    public bool IsOpen => InstanceRows.IsOpen(Status);
}
