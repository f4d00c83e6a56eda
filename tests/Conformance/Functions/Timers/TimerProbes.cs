using System.Text.Json;
using Microsoft.Azure.Functions.Worker;

namespace Conformance.Functions.Timers;

/// <summary>Timer functions that write down when and why they ran, under their own names.</summary>
public sealed class TimerProbes(Observations observations)
{
    /// <param name="Began">When the function was entered, UTC.</param>
    /// <param name="Process">Which process it ran in.</param>
    public sealed record Run(DateTime Began, DateTime Ended, int Process, bool IsPastDue, DateTime? Last, DateTime? Next, int Retry);

    [Function("EveryTwoSeconds")]
    public Task EveryTwoSeconds([TimerTrigger("*/2 * * * * *")] TimerInfo timer) => AddAsync("timer-every-two-seconds", timer, DateTime.UtcNow);

    /// <summary>Takes longer than its interval.</summary>
    [Function("SlowEverySecond")]
    public async Task SlowEverySecond([TimerTrigger("* * * * * *", UseMonitor = false)] TimerInfo timer, CancellationToken cancellation)
    {
        var began = DateTime.UtcNow;
        await Task.Delay(TimeSpan.FromSeconds(1.6), cancellation);
        await AddAsync("timer-slow", timer, began);
    }

    [Function("AtStart")]
    public Task AtStart([TimerTrigger("0 0 0 1 1 *", RunOnStartup = true, UseMonitor = false)] TimerInfo timer) => AddAsync("timer-at-start", timer, DateTime.UtcNow);

    [Function("FailingAtStart")]
    [FixedDelayRetry(2, "00:00:01")]
    public async Task FailingAtStart([TimerTrigger("0 0 0 1 1 *", RunOnStartup = true, UseMonitor = false)] TimerInfo timer, FunctionContext context)
    {
        await AddAsync("timer-failing", timer, DateTime.UtcNow, context.RetryContext?.RetryCount ?? 0);
        throw new InvalidOperationException("Fails every time.");
    }

    private Task AddAsync(string key, TimerInfo timer, DateTime began, int retry = 0) => observations.AddAsync(key, JsonSerializer.Serialize(
        new Run(began, DateTime.UtcNow, Environment.ProcessId, timer.IsPastDue, Utc(timer.ScheduleStatus?.Last), Utc(timer.ScheduleStatus?.Next), retry)));

    // Azure gives local times, whose zone is UTC there.
    private static DateTime? Utc(DateTime? time) => time?.ToUniversalTime();
}
