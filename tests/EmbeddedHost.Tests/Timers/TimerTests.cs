using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Portico.EmbeddedHost.Tests.Durable;
using Portico.EmbeddedHost.Tests.Hosting;
using Portico.EmbeddedHost.Timers;

namespace Portico.EmbeddedHost.Tests.Timers;

public sealed class TimerTestFunctions(Seen seen)
{
    [Function("Tick")]
    public async Task Tick([TimerTrigger("%TestSchedule%")] TimerInfo timer)
    {
        seen.Add(timer.IsPastDue ? "tick past due" : "tick");
        seen.Add($"last {timer.ScheduleStatus!.Last:HH:mm:ss} next {timer.ScheduleStatus.Next:HH:mm:ss}");
        if (seen.Count("hold") > 0)
        {
            await seen.Gate.Task;
        }
    }

    [Function("AtStart")]
    public void AtStart([TimerTrigger("0 0 0 1 1 *", RunOnStartup = true, UseMonitor = false)] TimerInfo timer) =>
        seen.Add($"started {timer.ScheduleStatus is null} {timer.IsPastDue}");

    [Function("Flaky")]
    [FixedDelayRetry(3, "00:00:00")]
    public void Flaky([TimerTrigger("0 0 0 2 1 *", RunOnStartup = true)] TimerInfo timer, FunctionContext context)
    {
        seen.Add($"flaky {context.RetryContext.RetryCount} of {context.RetryContext.MaxRetryCount}");
        if (context.RetryContext.RetryCount < 2)
        {
            throw new InvalidOperationException("not yet");
        }
    }
}

public sealed class TimerTests
{
    // The virtual clock starts at 09:00:00 UTC.
    private const string EveryTenMinutes = "--TestSchedule=0 */10 * * * *";

    [Fact]
    public async Task Clock_ReachesTheSchedule_RunsOncePerTime()
    {
        var clock = new VirtualTime();
        await using var host = await StartAsync(clock);
        await WaitForPlanAsync(host, clock);
        host.Seen.Count("tick").ShouldBe(0);

        clock.Advance(TimeSpan.FromMinutes(10));
        await host.Seen.WaitForAsync("last 00:00:00 next 09:10:00");
        await WaitForPlanAsync(host, clock);
        clock.Advance(TimeSpan.FromMinutes(10));
        await host.Seen.WaitForAsync("last 09:10:00 next 09:20:00");
        host.Seen.Count("tick").ShouldBe(2);
    }

    [Fact]
    public async Task Start_TimesMissedWhileTheHostWasDown_RunsOnceAsPastDue()
    {
        var data = TestHost.TemporaryFolder();
        var clock = new VirtualTime();
        await using (var first = await StartAsync(clock, data))
        {
            await WaitForPlanAsync(first, clock);
        }

        clock.Advance(TimeSpan.FromHours(5));
        await using (var second = await StartAsync(clock, data))
        {
            await second.Seen.WaitForAsync("tick past due");
            await second.Seen.WaitForAsync("last 00:00:00 next 09:10:00");
            await WaitForPlanAsync(second, clock);
            second.Seen.Count("tick past due").ShouldBe(1);
        }

        await using (var third = await StartAsync(clock, data))
        {
            await WaitForPlanAsync(third, clock);
            third.Seen.Count("tick past due").ShouldBe(0);
        }

        Directory.Delete(data, recursive: true);
    }

    [Fact]
    public async Task Clock_RunLastsLongerThanTheInterval_NeverTwoAtOnce()
    {
        var clock = new VirtualTime();
        await using var host = await StartAsync(clock);
        host.Seen.Add("hold");
        await WaitForPlanAsync(host, clock);
        clock.Advance(TimeSpan.FromMinutes(10));
        await host.Seen.WaitForAsync("tick");
        clock.Advance(TimeSpan.FromMinutes(30));
        await Task.Delay(200);
        host.Seen.Count("tick").ShouldBe(1);
        host.Seen.Gate.SetResult();
        await WaitForPlanAsync(host, clock);
        host.Service<TimerStore>().Read("Tick", "0 */10 * * * *")!.Next.ShouldBe(clock.GetUtcNow().UtcDateTime.AddMinutes(10));
    }

    [Fact]
    public async Task Start_RunOnStartupAndRetries_AreHonoured()
    {
        await using var host = await StartAsync(new VirtualTime());
        await host.Seen.WaitForAsync("started True False");
        await host.Seen.WaitForAsync("flaky 2 of 3");
        host.Seen.All.Where(seen => seen.StartsWith("flaky", StringComparison.Ordinal)).ShouldBe(["flaky 0 of 3", "flaky 1 of 3", "flaky 2 of 3"]);
    }

    [Theory]
    [InlineData("0 30 9 * * MON-FRI", "2026-11-20T09:00:00", "2026-11-20T09:30:00")]
    [InlineData("0 30 9 * * MON-FRI", "2026-11-20T09:30:00", "2026-11-23T09:30:00")]
    [InlineData("*/15 * * * * *", "2026-11-20T09:00:07", "2026-11-20T09:00:15")]
    [InlineData("0 0 1 1 *", "2026-11-20T09:00:00", "2027-01-01T00:00:00")]
    [InlineData("00:05:00", "2026-11-20T09:00:00", "2026-11-20T09:05:00")]
    public void Next_Schedule_IsTheFirstTimeAfter(string schedule, string after, string next) =>
        TimerSchedule.Parse(schedule, new ConfigurationBuilder().Build())
            .Next(DateTime.SpecifyKind(DateTime.Parse(after, System.Globalization.CultureInfo.InvariantCulture), DateTimeKind.Utc))
            .ShouldBe(DateTime.Parse(next, System.Globalization.CultureInfo.InvariantCulture));

    [Theory]
    [InlineData("every now and then")]
    [InlineData("0 0 25 * * *")]
    [InlineData("-00:01:00")]
    [InlineData("%NoSuchSetting%")]
    public void Parse_NotASchedule_Throws(string schedule) =>
        Should.Throw<FormatException>(() => TimerSchedule.Parse(schedule, new ConfigurationBuilder().Build()));

    private static Task<TestHost> StartAsync(TimeProvider clock, string? data = null) =>
        TestHost.StartAsync(dataPath: data, configure: builder => builder.Services.AddSingleton(clock), settings: EveryTenMinutes);

    /// <summary>Waits until the timer sleeps until its next time, so that moving the clock reaches it.</summary>
    private static async Task WaitForPlanAsync(TestHost host, VirtualTime clock)
    {
        for (var i = 0; i < 400; i++)
        {
            if (host.Service<TimerStore>().Read("Tick", "0 */10 * * * *") is { } plan && plan.Next > clock.GetUtcNow().UtcDateTime && clock.NextDue is not null)
            {
                await Task.Delay(20);
                return;
            }

            await Task.Delay(20);
        }

        throw new TimeoutException("The timer was never planned.");
    }
}
