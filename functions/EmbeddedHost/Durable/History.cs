using Microsoft.DurableTask;

namespace Portico.EmbeddedHost.Durable;

/// <summary>Which execution of which instance. Continue-as-new and the replacement of an ended instance make a new execution.</summary>
/// <param name="Execution">Unique over the file's life.</param>
/// <param name="InstanceId">The instance.</param>
/// <param name="Name">The orchestrator's name.</param>
/// <param name="ParentInstanceId">The calling orchestration's instance, null for none.</param>
/// <param name="ParentName">The calling orchestrator's name.</param>
internal sealed record InstanceIdentity(
    long Execution, string InstanceId, string Name, string? ParentInstanceId, string? ParentName);

/// <summary>What can reach an orchestration. The numbers are stored.</summary>
internal enum HistoryEventKind
{
    Started = 0,
    TaskCompleted = 1,
    TaskFailed = 2,

    /// <summary>A failure that no retry can mend: the activity or orchestrator doesn't exist.</summary>
    TaskFailedForGood = 3,
    TimerFired = 4,
    EventRaised = 5,
}

/// <summary>Something that reached an orchestration, in the order in which it did.</summary>
/// <param name="Seq">Its number within the execution, from 1.</param>
/// <param name="Kind">What it is.</param>
/// <param name="TaskId">The action that it answers, -1 for none.</param>
/// <param name="Name">The external event's name.</param>
/// <param name="Payload">Input, result, failure details or event payload, as JSON.</param>
/// <param name="At">When it was recorded, as UTC ticks.</param>
internal readonly record struct HistoryEvent(
    long Seq, HistoryEventKind Kind, int TaskId, string? Name, string? Payload, long At);

/// <summary>What an orchestrator can ask for. The numbers are stored.</summary>
internal enum OrchestrationActionKind
{
    CallActivity = 0,
    CallSubOrchestrator = 1,
    CreateTimer = 2,
    SendEvent = 3,
}

/// <summary>Something an orchestrator asked for.</summary>
/// <param name="TaskId">Its number within the execution, from 0: the same at every replay.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Name">Activity, orchestrator or event name; empty for a timer.</param>
/// <param name="Target">The sub-orchestration's, or the event's target's, instance id.</param>
/// <param name="Payload">Input or event payload, as JSON.</param>
/// <param name="DueAt">When a timer fires, as UTC ticks.</param>
internal sealed record OrchestrationAction(
    int TaskId, OrchestrationActionKind Kind, string Name, string? Target = null, string? Payload = null, long DueAt = 0)
{
    /// <summary>The step in words, for failures that name it.</summary>
    public string Describe() => Kind switch
    {
        OrchestrationActionKind.CallActivity => $"call of activity '{Name}' (#{TaskId})",
        OrchestrationActionKind.CallSubOrchestrator => $"call of sub-orchestrator '{Name}' (#{TaskId})",
        OrchestrationActionKind.CreateTimer => $"timer (#{TaskId})",
        OrchestrationActionKind.SendEvent => $"event '{Name}' sent to another instance (#{TaskId})",
        _ => throw new InvalidOperationException($"Unknown action kind {Kind}."),
    };
}

/// <summary>One step of an orchestrator: what it saw, and when. Its clock stands still at <paramref name="At"/>.</summary>
/// <param name="Number">From 1 within the execution.</param>
/// <param name="At">The context's clock, as UTC ticks.</param>
/// <param name="UptoSeq">The last event that it saw.</param>
/// <param name="ActionCount">Actions that the execution had asked for at its end, in all.</param>
internal readonly record struct HistoryTurn(int Number, long At, long UptoSeq, int ActionCount);

/// <summary>Where an orchestrator stands after a turn.</summary>
internal abstract record TurnOutcome
{
    /// <summary>It waits for something.</summary>
    public sealed record Waiting : TurnOutcome;

    /// <summary>It returned.</summary>
    public sealed record Completed(string? Output) : TurnOutcome;

    /// <summary>It threw, or can't be run: <paramref name="ForGood"/> if no retry of its caller can mend that.</summary>
    public sealed record Failed(TaskFailureDetails Failure, bool ForGood = false) : TurnOutcome;

    /// <summary>It returned and starts afresh with these events.</summary>
    public sealed record ContinuedAsNew(string? Input, IReadOnlyList<(string Name, string? Payload)> Events) : TurnOutcome;
}

/// <summary>All that one turn changes; committed whole or not at all.</summary>
internal sealed record TurnRecord(
    InstanceIdentity Identity,
    HistoryTurn Turn,
    IReadOnlyList<OrchestrationAction> Actions,
    IReadOnlyList<int> CancelledTimers,
    string? CustomStatus,
    TurnOutcome Outcome);
