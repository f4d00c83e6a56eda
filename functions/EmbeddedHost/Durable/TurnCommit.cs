using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Portico.Storage;

namespace Portico.EmbeddedHost.Durable;

/// <summary>Writes one turn: events consumed, actions asked for, work owed, status. All in the transaction it is given.</summary>
internal static class TurnCommit
{
    /// <summary>
    /// False, and nothing written, if the execution has ended, been replaced, or taken this turn already: the run that
    /// made the turn is stale.
    /// </summary>
    public static bool TryApply(SqliteSession session, TurnRecord turn, long now, List<string> woken)
    {
        var execution = turn.Identity.Execution;
        var taken = session.Run(
            """
            UPDATE instances SET status = 0, start_at = 0, turn = $2, processed_seq = $3, updated_at = $4, custom_status = $5
            WHERE execution = $1 AND turn = $6 AND status IN (0, 6)
            """,
            execution, turn.Turn.Number, turn.Turn.UptoSeq, now, turn.CustomStatus, turn.Turn.Number - 1);
        if (taken == 0)
        {
            return false;
        }

        session.Run(
            "INSERT INTO turns(execution, number, at, upto_seq, action_count) VALUES($1, $2, $3, $4, $5)",
            execution, turn.Turn.Number, turn.Turn.At, turn.Turn.UptoSeq, turn.Turn.ActionCount);
        foreach (var action in turn.Actions)
        {
            Record(session, turn.Identity, action, now, woken);
        }

        foreach (var timer in turn.CancelledTimers)
        {
            session.Run("DELETE FROM pending WHERE execution = $1 AND task_id = $2", execution, timer);
        }

        Conclude(session, turn, now, woken);
        return true;
    }

    private static void Record(SqliteSession session, InstanceIdentity self, OrchestrationAction action, long now, List<string> woken)
    {
        session.Run(
            "INSERT INTO actions(execution, task_id, kind, name, target, payload, due_at) VALUES($1, $2, $3, $4, $5, $6, $7)",
            self.Execution, action.TaskId, (int)action.Kind, action.Name, action.Target, LargePayloads.Put(session, self.Execution, action.Payload), action.DueAt);
        switch (action.Kind)
        {
            case OrchestrationActionKind.CallActivity or OrchestrationActionKind.CreateTimer:
                session.Run(
                    "INSERT INTO pending(execution, task_id, kind, due_at) VALUES($1, $2, $3, $4)",
                    self.Execution, action.TaskId, (int)action.Kind, action.DueAt);
                break;
            case OrchestrationActionKind.CallSubOrchestrator:
                var child = new NewInstance(action.Target!, action.Name, action.Payload, Parent: self, ParentTaskId: action.TaskId);
                if (!InstanceRows.TryCreate(session, child, now, woken))
                {
                    InstanceRows.Answer(
                        session, self.Execution, action.TaskId, HistoryEventKind.TaskFailed, Payload.SerializeFailure(AlreadyOpen(action.Target!)), now, woken);
                }

                break;
            case OrchestrationActionKind.SendEvent:
                InstanceRows.RaiseEvent(session, action.Target!, action.Name, action.Payload, now, woken);
                break;
        }
    }

    private static void Conclude(SqliteSession session, TurnRecord turn, long now, List<string> woken)
    {
        var execution = turn.Identity.Execution;
        switch (turn.Outcome)
        {
            case TurnOutcome.Completed completed:
                InstanceRows.End(session, execution, OrchestrationRuntimeStatus.Completed, completed.Output, null, now, woken);
                break;
            case TurnOutcome.Failed failed:
                InstanceRows.End(
                    session, execution, OrchestrationRuntimeStatus.Failed, null, Payload.SerializeFailure(failed.Failure), now, woken, failed.ForGood);
                break;
            case TurnOutcome.ContinuedAsNew afresh:
                Continue(session, turn, afresh, now, woken);
                break;
        }
    }

    /// <summary>
    /// Gives the instance a new execution: same id, parent and suspension, empty history, then the events that are
    /// carried over, then those that arrived while the turn was taken.
    /// </summary>
    private static void Continue(SqliteSession session, TurnRecord turn, TurnOutcome.ContinuedAsNew afresh, long now, List<string> woken)
    {
        var old = turn.Identity.Execution;
        session.Run(
            """
            INSERT INTO instances(id, name, status, suspended, created_at, updated_at, parent_execution, parent_task, parent_id, parent_name, custom_status)
            SELECT id || char(0), name, 0, suspended, $2, $2, parent_execution, parent_task, parent_id, parent_name, custom_status
            FROM instances WHERE execution = $1
            """,
            old, now);
        var next = (long)session.Statement("SELECT last_insert_rowid()").ExecuteScalar()!;
        InstanceRows.AppendEvent(session, next, HistoryEventKind.Started, -1, null, afresh.Input, now);
        foreach (var (name, payload) in afresh.Events)
        {
            InstanceRows.AppendEvent(session, next, HistoryEventKind.EventRaised, -1, name, payload, now);
        }

        session.Run(
            """
            INSERT INTO events(execution, seq, kind, task_id, name, payload, at)
            SELECT $2, (SELECT max(seq) FROM events WHERE execution = $2) + row_number() OVER (ORDER BY seq), kind, task_id, name, payload, at
            FROM events WHERE execution = $1 AND seq > $3 AND kind = 5
            """,
            old, next, turn.Turn.UptoSeq);
        LargePayloads.Hand(session, old, turn.Turn.UptoSeq, next);
        InstanceRows.Delete(session, old);
        session.Run("UPDATE instances SET id = $2 WHERE execution = $1", next, turn.Identity.InstanceId);
        woken.Add(turn.Identity.InstanceId);
    }

    private static TaskFailureDetails AlreadyOpen(string instanceId) => new(
        "DurableTask.Core.Exceptions.OrchestrationAlreadyExistsException",
        $"An orchestration instance with the id '{instanceId}' is open already.",
        null, null, null);
}
