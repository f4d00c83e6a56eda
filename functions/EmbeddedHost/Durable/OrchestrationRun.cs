using DurableTask.Core.Exceptions;
using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;

namespace Portico.EmbeddedHost.Durable;

/// <summary>
/// An orchestrator in memory: its function, stopped where it awaits, and the events that drive it on. One caller at a
/// time. Built from a history it arrives where the original stood, or fails naming the step at which code and history
/// part.
/// </summary>
internal sealed class OrchestrationRun : IDisposable
{
    /// <summary>Told to whoever awaits what replay can't repeat.</summary>
    public const string ForeignAwait =
        "The orchestrator awaited a task, or went on on a thread, that isn't the orchestration context's. "
        + "Replay can't repeat that: use the context's timers, events and calls, and put everything else into an activity.";

    private readonly IDurableFunctions _functions;
    private readonly Action<OrchestrationRun> _brokenElsewhere;
    private readonly OrchestratorThread _thread;
    private readonly EmbeddedOrchestrationContext _context;
    private readonly CancellationTokenSource _abandoned = new();
    private readonly HashSet<int> _cancelledTimers = [];
    private Task<string?>? _function;
    private HistoryTurn _last;
    private volatile bool _foreign;
    private volatile bool _disposed;

    /// <param name="brokenElsewhere">Told, on a foreign thread, that the run can't go on: take a turn to record it.</param>
    public OrchestrationRun(
        InstanceIdentity identity,
        IDurableFunctions functions,
        DurableEngineOptions options,
        ILoggerFactory loggers,
        Action<OrchestrationRun> brokenElsewhere)
    {
        Identity = identity;
        _functions = functions;
        _brokenElsewhere = brokenElsewhere;
        _thread = new(ReportForeign);
        _context = new(identity, _thread, options.DataConverter, loggers, ReportForeign);
    }

    /// <summary>Which execution this is.</summary>
    public InstanceIdentity Identity { get; }

    /// <summary>Whether a turn must be taken although nothing has reached the orchestration.</summary>
    public bool IsBroken => _foreign;

    /// <summary>Turns taken so far.</summary>
    public int TurnNumber => _last.Number;

    /// <summary>Covers recorded ground.</summary>
    /// <exception cref="NonDeterministicOrchestrationException">The code doesn't match the history.</exception>
    public void Replay(IReadOnlyList<HistoryTurn> turns, IReadOnlyList<HistoryEvent> events, IReadOnlyList<OrchestrationAction> actions)
    {
        var next = 0;
        foreach (var turn in turns)
        {
            BeginTurn(turn.At, replaying: true);
            for (; next < events.Count && events[next].Seq <= turn.UptoSeq; next++)
            {
                Deliver(events[next]);
            }

            CompareWithHistory(turn, actions);
            _last = turn;
        }
    }

    /// <summary>Goes on with what has reached the orchestration since.</summary>
    /// <param name="events">In the order of their numbers.</param>
    /// <param name="now">The time, as UTC ticks; the context's clock never goes back behind an earlier turn or event.</param>
    public TurnRecord TakeTurn(IReadOnlyList<HistoryEvent> events, long now)
    {
        var at = events.Aggregate(Math.Max(now, _last.At), (latest, e) => Math.Max(latest, e.At));
        BeginTurn(at, replaying: false);
        foreach (var e in events)
        {
            Deliver(e);
        }

        var uptoSeq = events.Count > 0 ? events[^1].Seq : _last.UptoSeq;
        var outcome = Outcome();
        _last = new(_last.Number + 1, at, uptoSeq, _context.ActionCount);
        return new(
            Identity, _last, [.. _context.Asked], [.. _context.CancelledTimers], _context.CustomStatus, outcome);
    }

    /// <summary>A turn that only records why the run can't go on; what the history has stays as it is.</summary>
    public static TurnRecord FailedTurn(InstanceRow row, int actionCount, long now, Exception failure, bool forGood) => new(
        row.Identity,
        new HistoryTurn(row.Turn + 1, now, row.ProcessedSeq, actionCount),
        [],
        [],
        row.CustomStatus,
        new TurnOutcome.Failed(TaskFailureDetails.FromException(failure), forGood));

    /// <summary>Drops the run. Its function never goes on.</summary>
    public void Dispose()
    {
        _disposed = true;
        if (_function is { IsCompleted: false })
        {
            _abandoned.Cancel();
        }
    }

    private void BeginTurn(long at, bool replaying)
    {
        _context.Asked.Clear();
        _context.CancelledTimers.Clear();
        _context.Now = new DateTime(at, DateTimeKind.Utc);
        _context.Replaying = replaying;
    }

    private void Deliver(HistoryEvent e)
    {
        switch (e.Kind)
        {
            case HistoryEventKind.Started:
                Start(e.Payload);
                break;
            case HistoryEventKind.EventRaised:
                _thread.Run(() => _context.Raise(e.Name!, e.Payload));
                break;
            default:
                Answer(e);
                break;
        }

        _cancelledTimers.UnionWith(_context.CancelledTimers);
    }

    private void Start(string? input)
    {
        _context.Receive(input);
        _thread.Run(() =>
        {
            try
            {
                _function = _functions.RunOrchestratorAsync(Identity.Name, _context, _abandoned.Token);
            }
            catch (Exception thrown)
            {
                _function = Task.FromException<string?>(thrown);
            }

            // An end that comes from another thread is as foreign as any other step from there.
            _ = _function.ContinueWith(
                _ =>
                {
                    if (!_thread.IsCurrent)
                    {
                        ReportForeign();
                    }
                },
                CancellationToken.None,
                TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
        });
    }

    private void Answer(HistoryEvent e)
    {
        var known = false;
        _thread.Run(() => known = _context.Complete(e.TaskId, task =>
        {
            if (e.Kind is HistoryEventKind.TaskFailed or HistoryEventKind.TaskFailedForGood)
            {
                task.Fail(e.Payload, forGood: e.Kind == HistoryEventKind.TaskFailedForGood);
            }
            else
            {
                task.Succeed(e.Payload);
            }
        }));

        // A timer may fire in the instant in which it is cancelled; anything else answers something asked for.
        if (!known && !_cancelledTimers.Contains(e.TaskId) && !_function!.IsCompleted)
        {
            throw new NonDeterministicOrchestrationException(
                e.TaskId, $"The history has an answer ({e.Kind}) to step #{e.TaskId}, which the code never asked for.");
        }
    }

    private TurnOutcome Outcome()
    {
        if (_foreign || (_function is { IsCompleted: false } && !_context.CanProgress))
        {
            return Failed(new InvalidOperationException(ForeignAwait));
        }

        if (_function is null or { IsCompleted: false })
        {
            return new TurnOutcome.Waiting();
        }

        try
        {
            var output = _function.GetAwaiter().GetResult();
            if (_context.Continuation is { } continuation)
            {
                return new TurnOutcome.ContinuedAsNew(
                    continuation.Input, continuation.PreserveEvents ? [.. _context.Events.Unprocessed] : []);
            }

            Payload.ThrowIfTooLarge(output, "output");
            return new TurnOutcome.Completed(output);
        }
        catch (Exception failure)
        {
            return Failed(failure);
        }

        static TurnOutcome Failed(Exception failure) => new TurnOutcome.Failed(TaskFailureDetails.FromException(failure));
    }

    private void CompareWithHistory(HistoryTurn turn, IReadOnlyList<OrchestrationAction> recorded)
    {
        if (_foreign)
        {
            throw new InvalidOperationException(ForeignAwait);
        }

        foreach (var asked in _context.Asked)
        {
            if (asked.TaskId >= turn.ActionCount)
            {
                throw Parted(asked.TaskId, $"the code now asks for a {asked.Describe()} that the history doesn't have");
            }

            var was = recorded[asked.TaskId];
            if (was.Kind != asked.Kind || !string.Equals(was.Name, asked.Name, StringComparison.OrdinalIgnoreCase))
            {
                throw Parted(asked.TaskId, $"the history has a {was.Describe()}, the code now asks for a {asked.Describe()}");
            }
        }

        var askedInAll = _context.ActionCount;
        if (askedInAll < turn.ActionCount)
        {
            throw Parted(askedInAll, $"the history has a {recorded[askedInAll].Describe()} that the code no longer asks for");
        }

        if (_function is { IsCompleted: true })
        {
            throw Parted(askedInAll, "the code now ends where the history goes on");
        }

        NonDeterministicOrchestrationException Parted(int taskId, string how) => new(
            taskId, $"Orchestrator '{Identity.Name}' no longer matches the history of '{Identity.InstanceId}' at step #{taskId}, turn {turn.Number}: {how}.");
    }

    private void ReportForeign()
    {
        if (!_disposed && !_foreign)
        {
            _foreign = true;
            _brokenElsewhere(this);
        }
    }
}
