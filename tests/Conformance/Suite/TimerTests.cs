using System.Text.Json;

namespace Conformance;

/// <summary>One run of a timer function, as it wrote it down.</summary>
public sealed record TimerRun(DateTime Began, DateTime Ended, int Process, bool IsPastDue, DateTime? Last, DateTime? Next, int Retry)
{
    public static async Task<List<TimerRun>> ListAsync(Target target, string key) =>
        [.. (await target.ObservationsAsync(key)).Select(text => JsonSerializer.Deserialize<TimerRun>(text)!)];
}

/// <summary>What starts by the clock.</summary>
public sealed class TimerTests(Target target)
{
    /// <summary>
    /// Six fields, seconds first, UTC. The first run of a schedule that was never seen is its next occurrence, and is not past
    /// due. Source: Azure/azure-webjobs-sdk-extensions, test/WebJobs.Extensions.Tests/Extensions/Timers/Scheduling/CronScheduleTests.cs,
    /// and TimerListenerTests.cs, StartAsync_ScheduleNotPastDue_DoesNotScheduleImmediateInvocation.
    /// </summary>
    [Fact]
    public async Task Schedule_IsKept()
    {
        var runs = await RunsAsync("timer-every-two-seconds", 3);

        foreach (var run in runs)
        {
            // The process shares the machine with the rest of the suite: a run may be late, never early.
            (run.Began.TimeOfDay.TotalSeconds % 2).ShouldBeLessThan(1.7);
        }

        runs.Zip(runs.Skip(1), (one, next) => next.Began - one.Began).ShouldAllBe(between => between > TimeSpan.FromSeconds(0.3));
        runs.Skip(1).ShouldAllBe(run => !run.IsPastDue);
    }

    /// <summary>
    /// A run is told when the one before it was, and, oddly, as "next" the occurrence that it is itself. Source:
    /// Azure/azure-webjobs-sdk-extensions, src/WebJobs.Extensions/Extensions/Timers/Listener/TimerListener.cs, InvokeJobFunction: the status
    /// is handed to the function before it is moved on.
    /// </summary>
    [Fact]
    public async Task ScheduleStatus_TellsOfTheRunBefore()
    {
        var runs = await RunsAsync("timer-every-two-seconds", 3);

        foreach (var (one, next) in runs.Zip(runs.Skip(1)))
        {
            (next.Last!.Value - one.Began).Duration().ShouldBeLessThan(TimeSpan.FromSeconds(2));
            next.Next!.Value.ShouldBeLessThanOrEqualTo(next.Began.AddMilliseconds(500));
            (next.Next.Value.TimeOfDay.TotalSeconds % 2).ShouldBe(0);
        }
    }

    /// <summary>A function never runs beside itself; what falls due meanwhile is not made up for. Source: TimerListener.cs, _invocationLock, and the timer is started anew after each run.</summary>
    [Fact]
    public async Task Run_ThatTakesLongerThanItsInterval_IsNotOvertaken()
    {
        var runs = await RunsAsync("timer-slow", 3);

        runs.GroupBy(run => run.Process).ShouldAllBe(one => one.Zip(one.Skip(1)).All(pair => pair.Second.Began >= pair.First.Ended));
        runs.ShouldAllBe(run => run.Last == null && run.Next == null); // UseMonitor is off.
    }

    /// <summary>Source: TimerListenerTests.cs, StartAsync_RunOnStartup_SchedulesImmediateInvocation.</summary>
    [Fact]
    public async Task RunOnStartup_RunsOnceAtTheStart()
    {
        var process = (await target.AliveAsync()).Process;

        var runs = await target.EventuallyAsync(async () => (await TimerRun.ListAsync(target, "timer-at-start")).Where(run => run.Process == process).ToList(), seen => seen.Count > 0);

        runs.Count.ShouldBe(1);
        runs[0].IsPastDue.ShouldBeFalse();
    }

    /// <summary>A failing run is tried again as its retry attribute says. Source: Azure/azure-functions-dotnet-worker, test/Sdk.Generator.Tests/FunctionMetadataProvider/RetryOptionsTests.cs; the count is RetryContext's.</summary>
    [Fact]
    public async Task FailedRun_IsRetriedAsItsAttributeSays()
    {
        var process = (await target.AliveAsync()).Process;

        var runs = await target.EventuallyAsync(async () => (await TimerRun.ListAsync(target, "timer-failing")).Where(run => run.Process == process).ToList(), seen => seen.Count >= 3);

        await Task.Delay(TimeSpan.FromSeconds(2));
        (await TimerRun.ListAsync(target, "timer-failing")).Where(run => run.Process == process).Select(run => run.Retry).ShouldBe([0, 1, 2]);
        (runs[1].Began - runs[0].Began).ShouldBeGreaterThan(TimeSpan.FromSeconds(0.9));
    }

    /// <summary>So many runs of one process, the earliest first.</summary>
    private async Task<List<TimerRun>> RunsAsync(string key, int count)
    {
        var process = (await target.AliveAsync()).Process;
        var runs = await target.EventuallyAsync(async () => (await TimerRun.ListAsync(target, key)).Where(run => run.Process == process).ToList(), seen => seen.Count >= count);
        return runs[..count];
    }
}
