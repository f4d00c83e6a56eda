using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Portico.EmbeddedHost.Blobs;
using Portico.EmbeddedHost.SignalR;
using Portico.EmbeddedHost.Tests.Durable;

namespace Portico.EmbeddedHost.Tests.Hosting;

/// <summary>
/// The system's clock is set while the host runs. What is due by the clock happens once and not before its time; what
/// doesn't depend on the time doesn't notice.
/// </summary>
public sealed class ClockJumpTests
{
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task DurableTimer_ClockSetForwardPastIt_FiresOnceWithinHalfAMinute()
    {
        await using var fixture = new EngineFixture(WaitingForAnHour());
        var id = await StartedAsync(fixture);

        fixture.Time.Jump(TimeSpan.FromHours(2));
        await PassAsync(fixture.Time, Step);
        await fixture.UntilStatusAsync(id, "fired");

        // Back again, and once more past the instant at which it was due.
        fixture.Time.Jump(TimeSpan.FromHours(-2));
        await PassAsync(fixture.Time, TimeSpan.FromMinutes(90));
        fixture.Functions.Ran.ShouldBe(["Ring()"]);
        await fixture.Client.RaiseEventAsync(id, "end", 1);
        (await fixture.EndOfAsync(id)).ReadOutputAs<bool>().ShouldBeTrue("the context's clock stood at the time due or later");
    }

    [Fact]
    public async Task DurableTimer_ClockSetBack_DoesNotFireBeforeItsTime()
    {
        await using var fixture = new EngineFixture(WaitingForAnHour());
        var id = await StartedAsync(fixture);

        fixture.Time.Jump(TimeSpan.FromHours(-1));
        await PassAsync(fixture.Time, TimeSpan.FromMinutes(61));
        fixture.Functions.Ran.ShouldBeEmpty("an hour has passed, but by the clock it is not yet time");

        await PassAsync(fixture.Time, TimeSpan.FromMinutes(60));
        await fixture.UntilStatusAsync(id, "fired");
        await PassAsync(fixture.Time, TimeSpan.FromMinutes(5));
        fixture.Functions.Ran.ShouldBe(["Ring()"]);
    }

    [Fact]
    public async Task TimerTrigger_ClockSetForwardAndBack_RunsOncePerTimeAndIsNotHeldUpForLong()
    {
        var clock = new VirtualTime();
        await using var host = await TestHost.StartAsync(
            configure: builder => builder.Services.AddSingleton<TimeProvider>(clock), settings: "--TestSchedule=0 0 */1 * * *");
        await PassAsync(clock, TimeSpan.FromMinutes(1));

        clock.Jump(TimeSpan.FromMinutes(61));
        await PassUntilTicksAsync(host, clock, 1);

        // An hour that comes a second time.
        clock.Jump(TimeSpan.FromMinutes(-61));
        await PassAsync(clock, TimeSpan.FromMinutes(65));
        host.Seen.Count("tick").ShouldBe(1, "ten o'clock has been");
        await PassUntilTicksAsync(host, clock, 2);
        clock.GetUtcNow().Hour.ShouldBe(11);

        // A year wrong and then corrected: the plan made meanwhile must not hold until next year.
        clock.Jump(TimeSpan.FromDays(365));
        await PassUntilTicksAsync(host, clock, 3);
        clock.Jump(TimeSpan.FromDays(-365));
        await PassUntilTicksAsync(host, clock, 4);
        clock.GetUtcNow().ShouldBeLessThan(new DateTimeOffset(2026, 11, 20, 14, 0, 0, TimeSpan.Zero));
    }

    [Fact]
    public void HubToken_ClockSet_IsGoodInItsHourOnly()
    {
        var clock = new VirtualTime();
        var tokens = new HubToken("key", clock);
        var token = tokens.ForClient("hub", "acc_1", []);

        clock.Jump(TimeSpan.FromHours(2));
        tokens.Validate(token, "hub").ShouldBeNull();
        clock.Jump(TimeSpan.FromHours(-2));
        tokens.Validate(token, "hub").ShouldNotBeNull();
        clock.Jump(TimeSpan.FromDays(-1));
        tokens.Validate(token, "hub").ShouldNotBeNull("a client that was connected must not be cut off by a clock that is put right");
    }

    [Fact]
    public async Task BlobReceipt_ClockSet_SettlesItsVersionAllTheSame()
    {
        var clock = new VirtualTime();
        await using var host = await TestHost.StartAsync(configure: builder => builder.Services.AddSingleton<TimeProvider>(clock));
        var receipts = host.Service<BlobReceipts>();
        var key = new BlobKey("Ingest", "uploads", "p/a/source");
        (await receipts.BeginAsync(key, "v1", 5)).ShouldBe(1);
        await receipts.CompleteAsync(key, "v1");

        foreach (var jump in new[] { -400, 800 })
        {
            clock.Jump(TimeSpan.FromDays(jump));
            receipts.IsSettled(key, "v1").ShouldBeTrue();
            (await receipts.BeginAsync(key, "v1", 5)).ShouldBeNull();
        }

        (await receipts.BeginAsync(key, "v2", 5)).ShouldBe(1);
    }

    private static TestFunctions WaitingForAnHour() => new TestFunctions()
        .Activity<int?, bool>("Ring", _ => true)
        .Orchestrator("Wait", async context =>
        {
            var due = context.CurrentUtcDateTime.AddHours(1);
            context.SetCustomStatus("waiting");
            await context.CreateTimer(due, CancellationToken.None);
            var inTime = context.CurrentUtcDateTime >= due;
            await context.CallActivityAsync("Ring");
            context.SetCustomStatus("fired");
            await context.WaitForExternalEvent<int>("end");
            return inTime;
        });

    private static async Task<string> StartedAsync(EngineFixture fixture)
    {
        var id = await fixture.StartAsync("Wait");
        await fixture.UntilStatusAsync(id, "waiting");
        await EngineFixture.UntilAsync(() => fixture.Time.NextDue > fixture.Time.GetUtcNow(), "the alarm");
        return id;
    }

    private static async Task PassUntilTicksAsync(TestHost host, VirtualTime time, int ticks)
    {
        for (var i = 0; i < 1_000 && host.Seen.Count("tick") < ticks; i++)
        {
            await PassAsync(time, Step);
        }

        host.Seen.Count("tick").ShouldBe(ticks);
    }

    /// <summary>Lets time pass in steps no longer than the sleeps of those who look at the clock, so that each is woken in turn.</summary>
    private static async Task PassAsync(VirtualTime time, TimeSpan span)
    {
        for (var passed = TimeSpan.Zero; passed < span; passed += Step)
        {
            time.Advance(Step);
            await Task.Delay(5);
        }

        await Task.Delay(20);
    }
}
