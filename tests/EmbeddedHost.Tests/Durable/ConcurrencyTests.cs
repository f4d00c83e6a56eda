using System.Collections.Concurrent;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Configuration;
using Portico.EmbeddedHost.Durable;

namespace Portico.EmbeddedHost.Tests.Durable;

public class ConcurrencyTests
{
    /// <summary>Activities that count how many of them run at once.</summary>
    private sealed class Gauge
    {
        private readonly ConcurrentDictionary<string, int> _now = new();

        public ConcurrentDictionary<string, int> Most { get; } = new();

        public async Task<int> RunAsync(string name, int value)
        {
            var now = _now.AddOrUpdate(name, 1, (_, running) => running + 1);
            Most.AddOrUpdate(name, now, (_, most) => Math.Max(most, now));
            await Task.Delay(3);
            _now.AddOrUpdate(name, 0, (_, running) => running - 1);
            return value;
        }
    }

    [Fact]
    public async Task Activities_ManyOwed_RunWithinTheLimits()
    {
        var all = new Gauge();
        var byName = new Gauge();
        async Task<int> Both(string name, int value)
        {
            var counted = all.RunAsync("all", value);
            await byName.RunAsync(name, value);
            return await counted;
        }

        await using var fixture = new EngineFixture(
            new TestFunctions()
                .Activity<int, int>("Transcode", (value, _) => Both("Transcode", value))
                .Activity<int, int>("Light", (value, _) => Both("Light", value))
                .Orchestrator("Mix", context => Task.WhenAll(Enumerable.Range(0, 20).SelectMany(value => new[]
                {
                    context.CallActivityAsync<int>("Transcode", value),
                    context.CallActivityAsync<int>("Light", value),
                }))),
            options => options with { MaxConcurrentActivities = 4, MaxConcurrentByActivity = new Dictionary<string, int> { ["transcode"] = 1 } });

        (await fixture.RunAsync<int[]>("Mix"))!.Length.ShouldBe(40);

        all.Most["all"].ShouldBe(4);
        byName.Most["Transcode"].ShouldBe(1);

        // The limited kind lets the other pass: it takes all slots but its own.
        byName.Most["Light"].ShouldBeGreaterThanOrEqualTo(3);
    }

    [Fact]
    public async Task Orchestrations_AThousandAtOnce_AllEnd()
    {
        await using var fixture = new EngineFixture(
            new TestFunctions()
                .Activity<int, int>("Increment", value => value + 1)
                .Orchestrator("Small", async context =>
                    await context.CallActivityAsync<int>("Increment", await context.CallActivityAsync<int>("Increment", context.GetInput<int>()))),
            options => options with { MaxCachedOrchestrations = 100 });

        var ids = await Task.WhenAll(Enumerable.Range(0, 1000).Select(value => fixture.StartAsync("Small", value)));
        var ends = await Task.WhenAll(ids.Select(fixture.EndOfAsync));

        ends.Select(end => end.ReadOutputAs<int>()).ShouldBe(Enumerable.Range(2, 1000));
        fixture.Functions.Ran.Count.ShouldBe(2000);
    }

    [Fact]
    public async Task Cache_TooSmall_DropsRunsAndReplaysThem()
    {
        await using var fixture = new EngineFixture(
            new TestFunctions().Orchestrator("Wait", context => context.WaitForExternalEvent<int>("go")),
            options => options with { MaxCachedOrchestrations = 2 });
        var ids = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            ids.Add(await fixture.StartAsync("Wait", id: $"i{i}"));
            await fixture.Client.WaitForInstanceStartAsync(ids[i]);
        }

        await EngineFixture.UntilAsync(() => fixture.Functions.Abandoned == 3, "three runs dropped");
        foreach (var id in ids)
        {
            await fixture.Client.RaiseEventAsync(id, "go", 7);
            (await fixture.EndOfAsync(id)).ReadOutputAs<int>().ShouldBe(7);
        }

        fixture.Functions.Invoked.Count(id => id == "i0").ShouldBe(2);
        fixture.Functions.Invoked.Count(id => id == "i4").ShouldBe(1);
    }

    [Fact]
    public async Task Stop_ActivityRunning_LetsItEndAndRecordsIt()
    {
        var running = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        await using var fixture = new EngineFixture(new TestFunctions()
            .Activity<int, int>("Slow", async (value, _) =>
            {
                running.SetResult();
                await release.Task;
                return value;
            })
            .Orchestrator("Call", context => context.CallActivityAsync<int>("Slow", 5)));
        var id = await fixture.StartAsync("Call");
        await running.Task;

        var stop = fixture.Engine.StopAsync(CancellationToken.None);
        await Task.Delay(20);
        stop.IsCompleted.ShouldBeFalse();
        release.SetResult();
        await stop;
        await fixture.RestartAsync();

        (await fixture.EndOfAsync(id)).ReadOutputAs<int>().ShouldBe(5);
        fixture.Functions.Ran.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Stop_DrainTimeOver_CancelsTheActivityAndRunsItAgainAfterwards()
    {
        var started = 0;
        var running = new TaskCompletionSource();
        await using var fixture = new EngineFixture(new TestFunctions()
            .Activity<int, int>("Slow", async (value, stopping) =>
            {
                if (Interlocked.Increment(ref started) == 1)
                {
                    running.SetResult();
                    await Task.Delay(Timeout.Infinite, stopping);
                }

                return value;
            })
            .Orchestrator("Call", context => context.CallActivityAsync<int>("Slow", 5)));
        var id = await fixture.StartAsync("Call");
        await running.Task;
        await fixture.RestartAsync();

        (await fixture.EndOfAsync(id)).ReadOutputAs<int>().ShouldBe(5);
        started.ShouldBe(2);
    }

    [Fact]
    public async Task Stop_ActivityFailsMeanwhile_RunsItAgainInsteadOfRecordingTheFailure()
    {
        var runs = 0;
        var running = new TaskCompletionSource();
        var interrupted = new TaskCompletionSource();
        await using var fixture = new EngineFixture(new TestFunctions()
            .Activity<int, int>("Transcode", async (value, _) =>
            {
                if (Interlocked.Increment(ref runs) == 1)
                {
                    running.SetResult();
                    await interrupted.Task;
                    throw new IOException("ffmpeg was interrupted");
                }

                return value;
            })
            .Orchestrator("Call", context => context.CallActivityAsync<int>("Transcode", 5)));
        var id = await fixture.StartAsync("Call");
        await running.Task;

        var stop = fixture.Engine.StopAsync(CancellationToken.None);
        interrupted.SetResult();
        await stop;
        await fixture.RestartAsync();

        (await fixture.EndOfAsync(id)).ReadOutputAs<int>().ShouldBe(5);
        runs.ShouldBe(2);
    }

    [Fact]
    public async Task FanOut_OfTenThousandOverARestart_JoinsAllAndRepeatsOnlyWhatWasUnderWay()
    {
        const int Count = 10_000;
        var runs = 0;
        await using var fixture = new EngineFixture(new TestFunctions { Beginning = _ => Interlocked.Increment(ref runs) }
            .Activity<int, int>("Echo", value => value)
            .Orchestrator("Fan", async context =>
                (await Task.WhenAll(Enumerable.Range(0, Count).Select(value => context.CallActivityAsync<int>("Echo", value)))).Sum()));
        var id = await fixture.StartAsync("Fan");
        await EngineFixture.UntilAsync(() => Volatile.Read(ref runs) > Count / 3, "a third of the activities");

        await fixture.RestartAsync();

        (await fixture.EndOfAsync(id)).ReadOutputAs<int>().ShouldBe(Count * (Count - 1) / 2);
        runs.ShouldBeInRange(Count, Count + 10, "at most the ten that ran when it stopped run again");
    }

    [Fact]
    public async Task Activity_CancelledByItself_IsAFailureLikeAnyOther()
    {
        await using var fixture = new EngineFixture(new TestFunctions()
            .Activity<int, int>("Impatient", _ => throw new OperationCanceledException("own timeout"))
            .Orchestrator("Call", context => context.CallActivityAsync<int>("Impatient", 5)));

        (await fixture.FailAsync("Call")).InnerFailure!.IsCausedBy<OperationCanceledException>().ShouldBeTrue();
    }

    [Fact]
    public void FromHostJson_WithLimits_ReadsThem()
    {
        var hostJson = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["hubName"] = "hub",
            ["maxConcurrentActivityFunctions"] = "7",
            ["embedded:maxConcurrentByActivity:TranscodeVideo"] = "1",
        }).Build();

        var options = DurableEngineOptions.FromHostJson(hostJson, "x.db");

        options.HubName.ShouldBe("hub");
        options.MaxConcurrentActivities.ShouldBe(7);
        options.MaxConcurrentOrchestrators.ShouldBe(16);
        options.MaxConcurrentByActivity["transcodevideo"].ShouldBe(1);
    }
}
