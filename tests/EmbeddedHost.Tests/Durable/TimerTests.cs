using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Portico.EmbeddedHost.Tests.Durable;

public class TimerTests
{
    private static TestFunctions Sleeping(TimeSpan delay) => new TestFunctions().Orchestrator("Sleep", async context =>
    {
        var from = context.CurrentUtcDateTime;
        context.SetCustomStatus("asleep");
        await context.CreateTimer(delay, CancellationToken.None);
        return (context.CurrentUtcDateTime - from).TotalMinutes;
    });

    [Fact]
    public async Task CreateTimer_BeforeItsTime_DoesNotFire()
    {
        await using var fixture = new EngineFixture(Sleeping(TimeSpan.FromHours(1)));
        var id = await fixture.StartAsync("Sleep");
        await fixture.UntilStatusAsync(id, "asleep");

        fixture.Time.Advance(TimeSpan.FromMinutes(59));
        await Task.Delay(50);
        (await fixture.Client.GetInstanceAsync(id))!.RuntimeStatus.ShouldBe(OrchestrationRuntimeStatus.Running);

        fixture.Time.Advance(TimeSpan.FromMinutes(1));
        (await fixture.EndOfAsync(id)).ReadOutputAs<double>().ShouldBe(60);
    }

    [Fact]
    public async Task CreateTimer_DueWhileTheHostWasDown_FiresAtStart()
    {
        await using var fixture = new EngineFixture(Sleeping(TimeSpan.FromDays(3)));
        var id = await fixture.StartAsync("Sleep");
        await fixture.UntilStatusAsync(id, "asleep");
        await fixture.Engine.StopAsync(CancellationToken.None);

        fixture.Time.Advance(TimeSpan.FromDays(5));
        await fixture.RestartAsync();

        (await fixture.EndOfAsync(id)).ReadOutputAs<double>().ShouldBe(TimeSpan.FromDays(5).TotalMinutes);
    }

    [Fact]
    public async Task CreateTimer_InThePast_FiresAtOnce()
    {
        await using var fixture = new EngineFixture(Sleeping(TimeSpan.FromDays(-3)));

        (await fixture.RunAsync<double>("Sleep")).ShouldBe(0);
    }

    [Fact]
    public async Task CreateTimer_Cancelled_IsOwedNoLonger()
    {
        await using var fixture = new EngineFixture(new TestFunctions()
            .Activity<int, int>("Step", value => value)
            .Orchestrator("Race", async context =>
            {
                using var cancellation = new CancellationTokenSource();
                var deadline = context.CreateTimer(TimeSpan.FromHours(1), cancellation.Token);
                var step = context.CallActivityAsync<int>("Step", 3);
                var first = await Task.WhenAny(deadline, step);
                cancellation.Cancel();
                await context.CreateTimer(TimeSpan.FromHours(2), CancellationToken.None);
                return first == step && deadline.IsCanceled;
            }));

        var id = await fixture.StartAsync("Race");
        await EngineFixture.UntilAsync(() => fixture.Functions.Ran.Count == 1, "the step");
        await EngineFixture.UntilAsync(() => fixture.Engine.Store.ReadOwed().Timers is [{ TaskId: 2 }], "only the second timer owed");

        (await fixture.EndOfWithTimersAsync(id)).ReadOutputAs<bool>().ShouldBeTrue();
    }

    [Fact]
    public async Task CreateTimer_StillOpenAtTheEnd_DoesNotHoldTheInstance()
    {
        await using var fixture = new EngineFixture(new TestFunctions().Orchestrator("Leave", context =>
        {
            _ = context.CreateTimer(TimeSpan.FromHours(1), CancellationToken.None);
            return Task.FromResult(1);
        }));

        (await fixture.RunAsync<int>("Leave")).ShouldBe(1);
        fixture.Engine.Store.ReadOwed().Timers.ShouldBeEmpty();
    }

    [Fact]
    public async Task CurrentUtcDateTime_SystemClockSetBack_NeverGoesBack()
    {
        await using var fixture = new EngineFixture(new TestFunctions()
            .Orchestrator("Watch", async context =>
            {
                var before = context.CurrentUtcDateTime;
                await context.WaitForExternalEvent<string>("go");
                return context.CurrentUtcDateTime >= before;
            }));
        var id = await fixture.StartAsync("Watch");
        await fixture.Client.WaitForInstanceStartAsync(id);

        fixture.Time.Set(fixture.Time.GetUtcNow() - TimeSpan.FromHours(1));
        await fixture.Client.RaiseEventAsync(id, "go");

        (await fixture.EndOfAsync(id)).ReadOutputAs<bool>().ShouldBeTrue();
    }

    [Fact]
    public async Task StartAt_InTheFuture_StaysPendingUntilThenAndOverARestart()
    {
        await using var fixture = new EngineFixture(new TestFunctions().Orchestrator("Now", context => Task.FromResult(context.CurrentUtcDateTime)));
        var startAt = fixture.Time.GetUtcNow() + TimeSpan.FromHours(6);
        var id = await fixture.Client.ScheduleNewOrchestrationInstanceAsync("Now", null, new StartOrchestrationOptions(StartAt: startAt));
        await Task.Delay(30);
        (await fixture.Client.GetInstanceAsync(id))!.RuntimeStatus.ShouldBe(OrchestrationRuntimeStatus.Pending);
        await fixture.RestartAsync();

        fixture.Time.Advance(TimeSpan.FromHours(5));
        await Task.Delay(30);
        (await fixture.Client.GetInstanceAsync(id))!.RuntimeStatus.ShouldBe(OrchestrationRuntimeStatus.Pending);

        (await fixture.EndOfWithTimersAsync(id)).ReadOutputAs<DateTime>().ShouldBeGreaterThanOrEqualTo(startAt.UtcDateTime);
    }
}
