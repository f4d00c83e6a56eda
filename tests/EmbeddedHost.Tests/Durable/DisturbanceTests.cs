using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Portico.EmbeddedHost.Tests.Durable;

/// <summary>A disk that fails for a while, and clients that interfere while a turn is being taken.</summary>
public class DisturbanceTests
{
    [Fact]
    public async Task Commit_FailingNowAndThen_IsTriedAgainWithoutARestart()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        var failing = false;
        var failures = 0;
        await using var fixture = new EngineFixture(
            new TestFunctions()
                .Activity<int, int>("Double", value => value * 2)
                .Orchestrator("Chain", async context =>
                {
                    var value = 1;
                    for (var step = 0; step < 8; step++)
                    {
                        value = await context.CallActivityAsync<int>("Double", value);
                        await context.CreateTimer(TimeSpan.FromSeconds(10), CancellationToken.None);
                    }

                    return value;
                }),
            options => options with
            {
                FaultPoint = point =>
                {
                    if (failing && point.EndsWith(".before", StringComparison.Ordinal) && random.Next(2) == 0)
                    {
                        failures++;
                        throw new IOException("The disk is full.");
                    }
                },
            });
        var id = await fixture.StartAsync("Chain");
        failing = true;

        (await fixture.EndOfWithTimersAsync(id)).ReadOutputAs<int>().ShouldBe(256, $"seed {seed}");

        failures.ShouldBeGreaterThan(3, $"seed {seed}");
        fixture.Functions.Ran.Count.ShouldBe(8, $"seed {seed}: a result that could not be written at once is kept, not made anew");
    }

    [Fact]
    public async Task Terminate_WhileATurnIsTaken_WinsOverIt()
    {
        await using var busy = new BusyTurn();
        await busy.Fixture.Client.TerminateInstanceAsync("busy");

        busy.LetGo();

        (await busy.Fixture.EndOfAsync("busy")).RuntimeStatus.ShouldBe(OrchestrationRuntimeStatus.Terminated);
        await busy.Fixture.Engine.StopAsync(CancellationToken.None);
        busy.Fixture.Functions.Ran.ShouldBeEmpty();
    }

    [Fact]
    public async Task TerminateAndStartAnew_WhileATurnIsTaken_KeepsTheOldTurnOutOfTheNewInstance()
    {
        await using var busy = new BusyTurn();
        await busy.Fixture.Client.TerminateInstanceAsync("busy");
        await busy.Fixture.StartAsync("Busy", "quick", "busy");

        busy.LetGo();

        (await busy.Fixture.EndOfAsync("busy")).ReadOutputAs<string>().ShouldBe("quick");
        busy.Fixture.Functions.Ran.ShouldBe(["Echo(\"quick\")"]);
    }

    [Fact]
    public async Task Suspend_WhileATurnIsTaken_LetsTheTurnStandAndHoldsTheNext()
    {
        await using var busy = new BusyTurn();
        await busy.Fixture.Client.SuspendInstanceAsync("busy");

        busy.LetGo();

        await EngineFixture.UntilAsync(() => busy.Fixture.Functions.Ran.Count == 1, "the activity that the turn asked for");
        await Task.Delay(20);
        (await busy.Fixture.Client.GetInstanceAsync("busy"))!.RuntimeStatus.ShouldBe(OrchestrationRuntimeStatus.Suspended);
        await busy.Fixture.Client.ResumeInstanceAsync("busy");
        (await busy.Fixture.EndOfAsync("busy")).ReadOutputAs<string>().ShouldBe("slow");
    }

    [Fact]
    public async Task RaiseEvent_WhileATurnContinuesAsNew_ReachesTheNextExecution()
    {
        var inTurn = new TaskCompletionSource();
        using var letGo = new ManualResetEventSlim();
        await using var fixture = new EngineFixture(new TestFunctions().Orchestrator("Renew", async context =>
        {
            if (context.GetInput<string>() == "second")
            {
                return await context.WaitForExternalEvent<int>("late");
            }

            inTurn.SetResult();
            letGo.Wait();
            context.ContinueAsNew("second", preserveUnprocessedEvents: false);
            return 0;
        }));
        var id = await fixture.StartAsync("Renew");
        await inTurn.Task;
        await fixture.Client.RaiseEventAsync(id, "late", 9);

        letGo.Set();

        (await fixture.EndOfAsync(id)).ReadOutputAs<int>().ShouldBe(9);
    }

    /// <summary>An instance "busy" whose first turn is held in the middle of the orchestrator's code.</summary>
    private sealed class BusyTurn : IAsyncDisposable
    {
        private readonly ManualResetEventSlim _letGo = new();

        public BusyTurn()
        {
            var inTurn = new TaskCompletionSource();
            Fixture = new(new TestFunctions()
                .Activity<string, string>("Echo", text => text)
                .Orchestrator("Busy", async context =>
                {
                    if (context.GetInput<string>() == "slow")
                    {
                        inTurn.TrySetResult();
                        _letGo.Wait();
                    }

                    return await context.CallActivityAsync<string>("Echo", context.GetInput<string>());
                }));
            Fixture.StartAsync("Busy", "slow", "busy").GetAwaiter().GetResult();
            inTurn.Task.GetAwaiter().GetResult();
        }

        public EngineFixture Fixture { get; }

        public void LetGo() => _letGo.Set();

        public async ValueTask DisposeAsync()
        {
            _letGo.Set();
            await Fixture.DisposeAsync();
            _letGo.Dispose();
        }
    }
}
