using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Portico.EmbeddedHost.Hosting;
using Portico.EmbeddedHost.Invocation;

namespace Portico.EmbeddedHost.Timers;

/// <summary>
/// Runs timer functions by the clock, one run of a function at a time. What was due while the host was down runs once
/// at start, marked past due. A run that fails is retried as the function's retry attribute says, then left to its next time.
/// </summary>
internal sealed class TimerTriggers(
    FunctionCatalog catalog, TimerStore store, InvocationPipeline pipeline, Drain drain, HostSettings settings,
    IConfiguration configuration, IHostApplicationLifetime lifetime, TimeProvider clock, ILogger<TimerTriggers> logger) : BackgroundService
{
    // The wait is cut in pieces, so that a clock that is set, or a laptop that slept, is noticed soon.
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    // A clock that is set back by less only repeats some time, and what ran in it is not run again. One that is set back by
    // more was wrong before, and a plan that was made by it would hold for as long as it was wrong: cron's rule.
    private static readonly TimeSpan LargestRepetition = TimeSpan.FromHours(3);

    private readonly (FunctionDescriptor Function, TimerTriggerAttribute Trigger, TimerSchedule Schedule)[] _timers =
        [.. catalog.TriggeredBy<TimerTriggerAttribute>().Select(found => (found.Function, found.Trigger, TimerSchedule.Parse(found.Trigger.Schedule, configuration)))];

    private DateTime Now => clock.GetUtcNow().UtcDateTime;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // What is due can wait until everything serves: before that its functions find no storage and hold up the start.
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stoppingToken);
        await Task.WhenAll(_timers.Select(timer => RunByClockAsync(timer.Function, timer.Trigger, timer.Schedule)));
    }

    private async Task RunByClockAsync(FunctionDescriptor function, TimerTriggerAttribute trigger, TimerSchedule schedule)
    {
        try
        {
            var remembered = trigger.UseMonitor ? store.Read(function.Name, schedule.Text) : null;
            var missed = remembered?.Next <= Now;
            var run = remembered ?? await PlanAsync(function, trigger, schedule, null);
            if (missed || trigger.RunOnStartup)
            {
                run = await RunAsync(function, trigger, schedule, run, isPastDue: missed);
            }

            while (true)
            {
                while (run.Next - Now is var wait && wait > TimeSpan.Zero)
                {
                    await Task.Delay(wait < LongestWait ? wait : LongestWait, clock, drain.Stopping);
                    if (Now < run.UpdatedAt - LargestRepetition)
                    {
                        run = await PlanAsync(function, trigger, schedule, run.Last);
                    }
                }

                run = await RunAsync(function, trigger, schedule, run, isPastDue: false);
            }
        }
        catch (OperationCanceledException)
        {
            // The host stops.
        }
    }

    private async Task<TimerRun> RunAsync(FunctionDescriptor function, TimerTriggerAttribute trigger, TimerSchedule schedule, TimerRun run, bool isPastDue)
    {
        drain.Stopping.ThrowIfCancellationRequested();
        var started = Now;
        var info = new TimerInfo
        {
            IsPastDue = isPastDue,
            // As it was planned before this run, so that Next is the occurrence which the run is for: odd, and as in Azure.
            ScheduleStatus = trigger.UseMonitor
                ? new ScheduleStatus { Last = run.Last ?? DateTime.MinValue, Next = run.Next, LastUpdated = run.UpdatedAt }
                : null,
        };
        for (var retry = 0; ; retry++)
        {
            using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(drain.Expired);
            cancellation.CancelAfter(settings.FunctionTimeout);
            try
            {
                await pipeline.InvokeAsync(function, new InvocationRequest(info, retry, function.Retry?.MaxRetryCount ?? 0), null, null, cancellation.Token);
                break;
            }
            catch (Exception failure)
            {
                if (drain.Expired.IsCancellationRequested)
                {
                    // Cut off by the host's end: the plan stands, so the next start runs it as past due.
                    throw new OperationCanceledException("The host stops.", failure, drain.Expired);
                }

                if (RetrySchedule.WaitBefore(retry + 1, function.Retry) is not { } wait || drain.Stopping.IsCancellationRequested)
                {
                    logger.LogError(failure, "Timer {Function} failed; next run at its next time", function.Name);
                    break;
                }

                logger.LogWarning(failure, "Timer {Function} failed, again in {Wait}", function.Name, wait);
                await Task.Delay(wait, clock, drain.Stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        return await PlanAsync(function, trigger, schedule, started);
    }

    private async Task<TimerRun> PlanAsync(FunctionDescriptor function, TimerTriggerAttribute trigger, TimerSchedule schedule, DateTime? last)
    {
        var plan = new TimerRun(last, schedule.Next(Now), Now);
        if (trigger.UseMonitor)
        {
            await store.WriteAsync(function.Name, schedule.Text, plan);
        }

        return plan;
    }
}

/// <summary>Gives timer functions their <see cref="TimerInfo"/>.</summary>
internal sealed class TimerParameters : IParameterBinding
{
    public ArgumentBinder? TryBind(FunctionDescriptor function, BoundParameter parameter) =>
        parameter.Binding is TimerTriggerAttribute && parameter.Type == typeof(TimerInfo)
            ? static context => ValueTask.FromResult<object?>(context.Request.Payload)
            : null;
}
