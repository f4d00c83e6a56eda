using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;

namespace Portico.EmbeddedHost.Durable;

/// <summary>
/// Runs orchestrations on their histories. Whatever happens is written first and acted on afterwards: a turn, an
/// activity's end, a fired timer and a client's request are one transaction each, and a start finds in the file all
/// that is still owed. Nothing in memory is more than a copy that saves time.
/// </summary>
internal sealed class DurableEngine : IAsyncDisposable
{
    private static readonly TimeSpan RetryStorageAfter = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan GraceAfterCancellation = TimeSpan.FromSeconds(5);

    private readonly IDurableFunctions _functions;
    private readonly DurableEngineOptions _options;
    private readonly TimeProvider _time;
    private readonly ILoggerFactory _loggers;
    private readonly ILogger _logger;
    private readonly ReadyInstances _ready = new();
    private readonly CachedRuns _runs;
    private readonly TimerQueue _timers;
    private readonly ActivityDispatcher _activities;
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _stopActivities = new();
    private Task[] _turnLoops = [];
    private bool _stopped;

    public DurableEngine(IDurableFunctions functions, DurableEngineOptions options, TimeProvider time, ILoggerFactory loggers)
    {
        _functions = functions;
        _options = options;
        _time = time;
        _loggers = loggers;
        _logger = loggers.CreateLogger("Portico.EmbeddedHost.Durable");
        Store = new(options, time);
        _runs = new(options.MaxCachedOrchestrations);
        _timers = new(time, due => _ = FireAsync(due));
        _activities = new(options.MaxConcurrentActivities, options.MaxConcurrentByActivity, RunActivityAsync);
    }

    /// <summary>The histories.</summary>
    public HistoryStore Store { get; }

    /// <summary>Callers that wait for instances.</summary>
    public InstanceWaiters Waiters { get; } = new();

    /// <summary>Takes up what an earlier process left, and goes on. Requests made before are kept until then.</summary>
    public void Start()
    {
        var (ready, activities, timers) = Store.ReadOwed();
        _timers.Add(timers);
        _activities.Enqueue(activities);
        Wake(ready);
        _turnLoops = [.. Enumerable.Range(0, _options.MaxConcurrentOrchestrators).Select(_ => Task.Run(TakeTurnsAsync))];
        if (ready.Count + activities.Count + timers.Count > 0)
        {
            _logger.LogInformation(
                "Durable engine takes up {Ready} orchestrations, {Activities} activities and {Timers} timers from {Path}",
                ready.Count, activities.Count, timers.Count, _options.DatabasePath);
        }
    }

    /// <summary>Begins no turn and no activity any more. Those under way go on.</summary>
    public void BeginStop()
    {
        _stopping.Cancel();
        _ = _activities.DrainAsync();
    }

    /// <summary>
    /// Begins nothing new, lets running activities end until <paramref name="drainUntil"/> is signalled, then asks them
    /// to stop. What didn't end is run again at the next start.
    /// </summary>
    public async Task StopAsync(CancellationToken drainUntil)
    {
        if (_stopped)
        {
            return;
        }

        _stopped = true;
        BeginStop();
        await _timers.DisposeAsync();
        await Task.WhenAll(_turnLoops);
        var drained = _activities.DrainAsync();
        try
        {
            await drained.WaitAsync(drainUntil);
        }
        catch (OperationCanceledException)
        {
            await _stopActivities.CancelAsync();
            await Task.WhenAny(drained, Task.Delay(GraceAfterCancellation, CancellationToken.None));
        }

        if (!drained.IsCompleted)
        {
            _logger.LogWarning("Activities ignore their cancellation; they are left behind and run again at the next start");
        }

        _runs.Dispose();
        await Store.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(new CancellationToken(canceled: true));
        _stopping.Dispose();
        _stopActivities.Dispose();
    }

    /// <summary>Says that something reached these instances.</summary>
    public void Wake(IEnumerable<string> instanceIds)
    {
        foreach (var instanceId in instanceIds)
        {
            _ready.Wake(instanceId);
        }
    }

    private async Task TakeTurnsAsync()
    {
        try
        {
            while (true)
            {
                var instanceId = await _ready.TakeAsync(_stopping.Token);
                try
                {
                    await TakeTurnAsync(instanceId);
                }
                catch (Exception failure)
                {
                    _logger.LogError(failure, "A turn of orchestration {InstanceId} could not be recorded; it is taken again", instanceId);
                    _ = WakeLaterAsync(instanceId);
                }
                finally
                {
                    _ready.Release(instanceId);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }
    }

    private async Task WakeLaterAsync(string instanceId)
    {
        await Task.Delay(RetryStorageAfter, _time, _stopping.Token).ContinueWith(_ => { }, TaskScheduler.Default);
        _ready.Wake(instanceId);
    }

    private async Task TakeTurnAsync(string instanceId)
    {
        if (Store.ReadForTurn(instanceId) is not { Row.IsOpen: true } found)
        {
            _runs.Take(instanceId, execution: 0);
            return;
        }

        var (row, inbox) = found;
        if (row.Suspended)
        {
            return;
        }

        if (row.StartAt > Store.Now)
        {
            _timers.Add([new(row.Execution, -1, row.StartAt, instanceId)]);
            return;
        }

        var run = _runs.Take(instanceId, row.Execution);
        if (run is not null && run.TurnNumber != row.Turn)
        {
            run.Dispose();
            run = null;
        }

        if (inbox.Count == 0 && run is not { IsBroken: true })
        {
            if (run is not null)
            {
                _runs.Put(run);
            }

            return;
        }

        (run, var turn) = Advance(row, inbox, run);
        await CommitAsync(run, turn);
    }

    private (OrchestrationRun Run, TurnRecord Turn) Advance(InstanceRow row, List<HistoryEvent> inbox, OrchestrationRun? cached)
    {
        var run = cached ?? new(row.Identity, _functions, _options, _loggers, broken => _ready.Wake(broken.Identity.InstanceId));
        var actionCount = 0;
        var isMissing = !_functions.HasOrchestrator(row.Identity.Name);
        try
        {
            if (isMissing)
            {
                throw new InvalidOperationException($"There is no orchestrator function '{row.Identity.Name}', or it is disabled.");
            }

            if (cached is null && row.Turn > 0)
            {
                var (turns, events, actions) = Store.ReadHistory(row);
                actionCount = actions.Count;
                run.Replay(turns, events, actions);
            }

            return (run, run.TakeTurn(inbox, Store.Now));
        }
        catch (Exception failure)
        {
            // The function's own exceptions are outcomes; what arrives here is a history that can't be gone on from.
            return (run, OrchestrationRun.FailedTurn(row, actionCount, Store.Now, failure, forGood: isMissing));
        }
    }

    private async Task CommitAsync(OrchestrationRun run, TurnRecord turn)
    {
        List<string> woken;
        bool accepted;
        try
        {
            (accepted, woken) = await Store.WriteAsync((session, now, list) => TurnCommit.TryApply(session, turn, now, list));
        }
        catch
        {
            // The run has gone further than the file: only a replay knows where the file stands.
            run.Dispose();
            throw;
        }

        if (accepted && turn.Outcome is TurnOutcome.Waiting)
        {
            _runs.Put(run);
        }
        else
        {
            run.Dispose();
        }

        if (!accepted)
        {
            return;
        }

        Dispatch(turn);
        Wake(woken);
        if (turn.Turn.Number == 1 || turn.Outcome is not TurnOutcome.Waiting)
        {
            Waiters.Signal(turn.Identity.InstanceId);
            LogOutcome(turn);
        }
    }

    private void Dispatch(TurnRecord turn)
    {
        var identity = turn.Identity;
        if (turn.Outcome is TurnOutcome.ContinuedAsNew)
        {
            return;
        }

        _activities.Enqueue(turn.Actions
            .Where(action => action.Kind == OrchestrationActionKind.CallActivity)
            .Select(action => new PendingActivity(identity.Execution, action.TaskId, action.Name, identity.InstanceId)));
        _timers.Add(turn.Actions
            .Where(action => action.Kind == OrchestrationActionKind.CreateTimer && !turn.CancelledTimers.Contains(action.TaskId))
            .Select(action => new PendingTimer(identity.Execution, action.TaskId, action.DueAt, null)));
    }

    private void LogOutcome(TurnRecord turn)
    {
        switch (turn.Outcome)
        {
            case TurnOutcome.Completed:
                _logger.LogInformation("Orchestration {Name} {InstanceId} completed", turn.Identity.Name, turn.Identity.InstanceId);
                break;
            case TurnOutcome.Failed failed:
                _logger.LogWarning("Orchestration {Name} {InstanceId} failed: {Failure}", turn.Identity.Name, turn.Identity.InstanceId, failed.Failure);
                break;
        }
    }

    private async Task RunActivityAsync(PendingActivity activity)
    {
        try
        {
            if (Store.ReadOwedCall(activity) is { } call && await InvokeAsync(call) is { } end)
            {
                await RecordAsync(activity, end.Kind, end.Payload);
            }
        }
        catch (Exception failure) when (_stopping.IsCancellationRequested)
        {
            _logger.LogDebug(failure, "Activity {Name} of {InstanceId} is run again at the next start", activity.Name, activity.InstanceId);
        }
        catch (Exception failure)
        {
            _logger.LogError(failure, "Activity {Name} of {InstanceId} could not be read; it is run again", activity.Name, activity.InstanceId);
            _ = EnqueueLaterAsync(activity);
        }
    }

    private async Task EnqueueLaterAsync(PendingActivity activity)
    {
        await Task.Delay(RetryStorageAfter, _time, _stopping.Token).ContinueWith(_ => { }, TaskScheduler.Default);
        _activities.Enqueue([activity]);
    }

    /// <summary>How an activity ended; null if it failed while the host stops.</summary>
    private async Task<(HistoryEventKind Kind, string? Payload)?> InvokeAsync(ActivityCall call)
    {
        try
        {
            if (!_functions.HasActivity(call.Name))
            {
                var missing = new InvalidOperationException($"There is no activity function '{call.Name}', or it is disabled.");
                return (HistoryEventKind.TaskFailedForGood, Payload.SerializeFailure(TaskFailureDetails.FromException(missing)));
            }

            var output = await _functions.RunActivityAsync(call, _stopActivities.Token);
            Payload.ThrowIfTooLarge(output, $"output of '{call.Name}'");
            return (HistoryEventKind.TaskCompleted, output);
        }
        catch (Exception failure) when (_stopping.IsCancellationRequested)
        {
            // It may have failed because the host stops: its token, or a child process that the same Ctrl-C reached.
            _logger.LogInformation(failure, "Activity {Name} of {InstanceId} failed while the host stops; it is run again at the next start", call.Name, call.InstanceId);
            return null;
        }
        catch (Exception failure)
        {
            _logger.LogWarning(failure, "Activity {Name} of {InstanceId} failed", call.Name, call.InstanceId);
            return (HistoryEventKind.TaskFailed, Payload.SerializeFailure(TaskFailureDetails.FromException(failure)));
        }
    }

    /// <summary>Records an activity's end, however often it takes: what it did can't be undone, so it should not be lost.</summary>
    private async Task RecordAsync(PendingActivity activity, HistoryEventKind kind, string? payload)
    {
        while (true)
        {
            try
            {
                Wake(await Store.RecordActivityAsync(activity, kind, payload));
                return;
            }
            catch (Exception failure) when (!_stopping.IsCancellationRequested)
            {
                _logger.LogError(failure, "The end of activity {Name} of {InstanceId} could not be recorded; trying again", activity.Name, activity.InstanceId);
                await Task.Delay(RetryStorageAfter, _time, _stopping.Token);
            }
        }
    }

    private async Task FireAsync(IReadOnlyList<PendingTimer> due)
    {
        Wake(due.Where(timer => timer.InstanceId is not null).Select(timer => timer.InstanceId!));
        var timers = due.Where(timer => timer.InstanceId is null).ToArray();
        if (timers.Length == 0)
        {
            return;
        }

        try
        {
            Wake(await Store.RecordTimersAsync(timers));
        }
        catch (Exception failure) when (!_stopping.IsCancellationRequested)
        {
            _logger.LogError(failure, "{Count} timers could not be recorded as fired; trying again", timers.Length);
            await Task.Delay(RetryStorageAfter, _time, _stopping.Token).ContinueWith(_ => { }, TaskScheduler.Default);
            _timers.Add(timers);
        }
        catch (Exception failure)
        {
            _logger.LogDebug(failure, "{Count} timers fire at the next start", timers.Length);
        }
    }
}
