using DurableTask.Core.Exceptions;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Portico.EmbeddedHost.Tests.Durable;

public class LifecycleTests
{
    private static TestFunctions Waiting() => new TestFunctions()
        .Activity<int, int>("Double", value => value * 2)
        .Orchestrator("Wait", async context =>
        {
            context.SetCustomStatus("waiting");
            var value = await context.WaitForExternalEvent<int>("go");
            return await context.CallActivityAsync<int>("Double", value);
        });

    [Fact]
    public async Task Schedule_IdThatIsOpen_Throws()
    {
        await using var fixture = new EngineFixture(Waiting());
        await fixture.StartAsync("Wait", id: "one");

        await Should.ThrowAsync<OrchestrationAlreadyExistsException>(() => fixture.StartAsync("Wait", id: "one"));

        await fixture.Client.RaiseEventAsync("one", "go", 4);
        (await fixture.EndOfAsync("one")).ReadOutputAs<int>().ShouldBe(8);
    }

    [Fact]
    public async Task Schedule_IdThatHasEnded_ReplacesIt()
    {
        await using var fixture = new EngineFixture(new TestFunctions().Orchestrator("Echo", context => Task.FromResult(context.GetInput<string>())));
        await fixture.StartAsync("Echo", "first", "one");
        (await fixture.EndOfAsync("one")).ReadOutputAs<string>().ShouldBe("first");

        await fixture.StartAsync("Echo", "second", "one");

        // The old end may not be taken for the new one's.
        (await fixture.EndOfAsync("one")).ReadOutputAs<string>().ShouldBe("second");
        (await fixture.Client.GetAllInstancesAsync().CountAsync()).ShouldBe(1);
    }

    [Fact]
    public async Task Schedule_BeforeTheEngineStarted_RunsOnceItHas()
    {
        await using var fixture = new EngineFixture(Waiting(), start: false);
        var id = await fixture.StartAsync("Wait");
        await fixture.Client.RaiseEventAsync(id, "go", 21);

        fixture.Engine.Start();

        (await fixture.EndOfAsync(id)).ReadOutputAs<int>().ShouldBe(42);
    }

    [Fact]
    public async Task ScheduleAndRaise_PayloadOverTheLimit_AreRefused()
    {
        await using var fixture = new EngineFixture(Waiting());
        var tooLarge = new string('ä', 6_000_000);

        await Should.ThrowAsync<ArgumentException>(() => fixture.StartAsync("Wait", tooLarge, "large"));
        await Should.ThrowAsync<ArgumentException>(() => fixture.Client.RaiseEventAsync("large", "go", tooLarge));

        (await fixture.Client.GetInstanceAsync("large")).ShouldBeNull();
    }

    [Fact]
    public async Task Schedule_UnknownOrchestrator_FailsTheInstanceNamingIt()
    {
        await using var fixture = new EngineFixture(Waiting());

        (await fixture.FailAsync("Nowhere")).ErrorMessage.ShouldContain("'Nowhere'");
    }

    [Theory]
    [InlineData(512)]
    [InlineData(0)]
    public async Task ContinueAsNew_ManyTimes_KeepsIdAndHistoryShort(int cachedOrchestrations)
    {
        await using var fixture = new EngineFixture(
            new TestFunctions()
                .Activity<int, int>("Increment", value => value + 1)
                .Orchestrator("Count", async context =>
                {
                    var value = await context.CallActivityAsync<int>("Increment", context.GetInput<int>());
                    if (value < 20)
                    {
                        context.ContinueAsNew(value);
                    }

                    return value;
                }),
            options => options with { MaxCachedOrchestrations = cachedOrchestrations });

        var ended = await fixture.EndOfAsync(await fixture.StartAsync("Count", 0, "loop"));

        ended.ReadOutputAs<int>().ShouldBe(20);
        ended.ReadInputAs<int>().ShouldBe(19);
        fixture.Engine.Store.Read(session => (long)session.Statement("SELECT count(*) FROM events").ExecuteScalar()!).ShouldBe(2);
    }

    [Theory]
    [InlineData(true, 3)]
    [InlineData(false, 0)]
    public async Task ContinueAsNew_EventsNobodyWaitedFor_AreCarriedOverOrNot(bool preserve, int expected)
    {
        await using var fixture = new EngineFixture(new TestFunctions().Orchestrator("Carry", async context =>
        {
            if (context.GetInput<string>() == "first")
            {
                await context.WaitForExternalEvent<bool>("begin");
                context.ContinueAsNew("second", preserve);
                return -1;
            }

            var sum = 0;
            try
            {
                while (true)
                {
                    sum += await context.WaitForExternalEvent<int>("value", TimeSpan.FromSeconds(1));
                }
            }
            catch (OperationCanceledException)
            {
                return sum;
            }
        }));
        var id = await fixture.StartAsync("Carry", "first");
        await fixture.Client.RaiseEventAsync(id, "value", 1);
        await fixture.Client.RaiseEventAsync(id, "value", 2);
        await fixture.Client.RaiseEventAsync(id, "begin", true);

        (await fixture.EndOfWithTimersAsync(id)).ReadOutputAs<int>().ShouldBe(expected);
    }

    [Fact]
    public async Task ContinueAsNew_OfASubOrchestration_AnswersItsParentInTheEnd()
    {
        await using var fixture = new EngineFixture(new TestFunctions()
            .Orchestrator("Outer", context => context.CallSubOrchestratorAsync<string>("Inner", 1))
            .Orchestrator("Inner", context =>
            {
                var round = context.GetInput<int>();
                if (round < 3)
                {
                    context.ContinueAsNew(round + 1);
                }

                return Task.FromResult($"round {round} for {context.Parent!.Name}");
            }));

        (await fixture.RunAsync<string>("Outer")).ShouldBe("round 3 for Outer");
    }

    [Fact]
    public async Task Terminate_WhileWaiting_EndsWithTheGivenOutput()
    {
        await using var fixture = new EngineFixture(Waiting());
        var id = await fixture.StartAsync("Wait");
        await fixture.UntilStatusAsync(id, "waiting");

        await fixture.Client.TerminateInstanceAsync(id, (object)"enough");

        var ended = await fixture.EndOfAsync(id);
        ended.RuntimeStatus.ShouldBe(OrchestrationRuntimeStatus.Terminated);
        ended.ReadOutputAs<string>().ShouldBe("enough");
        ended.FailureDetails.ShouldBeNull();
        await fixture.Client.RaiseEventAsync(id, "go", 1);
        await fixture.Client.TerminateInstanceAsync(id, (object)"again");
        (await fixture.EndOfAsync(id)).ReadOutputAs<string>().ShouldBe("enough");
        fixture.Functions.Ran.ShouldBeEmpty();
    }

    [Fact]
    public async Task Terminate_WhileActivitiesQueue_LetsTheRunningEndAndDropsTheRest()
    {
        var release = new TaskCompletionSource();
        await using var fixture = new EngineFixture(
            new TestFunctions()
                .Activity<int, int>("Slow", async (value, _) =>
                {
                    await release.Task;
                    return value;
                })
                .Orchestrator("Fan", context => Task.WhenAll(Enumerable.Range(0, 10).Select(value => context.CallActivityAsync<int>("Slow", value)))),
            options => options with { MaxConcurrentActivities = 2 });
        var id = await fixture.StartAsync("Fan");
        await fixture.Client.WaitForInstanceStartAsync(id);
        await EngineFixture.UntilAsync(() => fixture.Engine.Store.ReadOwed().Activities.Count == 10, "ten activities owed");

        await fixture.Client.TerminateInstanceAsync(id);
        release.SetResult();
        await fixture.Engine.StopAsync(CancellationToken.None);

        fixture.Functions.Ran.Count.ShouldBeLessThanOrEqualTo(2);
    }

    [Theory]
    [InlineData(true, OrchestrationRuntimeStatus.Terminated)]
    [InlineData(false, OrchestrationRuntimeStatus.Running)]
    public async Task Terminate_WithOpenChildren_TakesThemAlongIfAsked(bool recursive, OrchestrationRuntimeStatus expected)
    {
        await using var fixture = new EngineFixture(Waiting()
            .Orchestrator("Middle", context => context.CallSubOrchestratorAsync("Wait", null, new SubOrchestrationOptions(instanceId: "leaf")))
            .Orchestrator("Top", context => context.CallSubOrchestratorAsync("Middle", null, new SubOrchestrationOptions(instanceId: "middle"))));
        await fixture.StartAsync("Top", id: "top");
        await fixture.Client.WaitForInstanceStartAsync("leaf");

        await fixture.Client.TerminateInstanceAsync("top", new TerminateInstanceOptions(Recursive: recursive));

        (await fixture.EndOfAsync("top")).RuntimeStatus.ShouldBe(OrchestrationRuntimeStatus.Terminated);
        (await fixture.Client.GetInstanceAsync("middle"))!.RuntimeStatus.ShouldBe(expected);
        (await fixture.Client.GetInstanceAsync("leaf"))!.RuntimeStatus.ShouldBe(expected);
    }

    [Fact]
    public async Task Suspend_ThenResume_HoldsWhatArrivesMeanwhileOverARestart()
    {
        await using var fixture = new EngineFixture(Waiting());
        var id = await fixture.StartAsync("Wait");
        await fixture.UntilStatusAsync(id, "waiting");

        await fixture.Client.SuspendInstanceAsync(id, "lunch");
        await fixture.Client.RaiseEventAsync(id, "go", 21);
        await fixture.RestartAsync();
        await Task.Delay(30);
        (await fixture.Client.GetInstanceAsync(id))!.RuntimeStatus.ShouldBe(OrchestrationRuntimeStatus.Suspended);
        fixture.Functions.Ran.ShouldBeEmpty();

        await fixture.Client.ResumeInstanceAsync(id);
        (await fixture.EndOfAsync(id)).ReadOutputAs<int>().ShouldBe(42);
    }

    [Fact]
    public async Task Suspend_WhileAnActivityRunsAndATimerFallsDue_HoldsBothUntilResumed()
    {
        var release = new TaskCompletionSource();
        await using var fixture = new EngineFixture(new TestFunctions()
            .Activity<int, int>("Slow", async (value, _) =>
            {
                await release.Task;
                return value;
            })
            .Orchestrator("Both", async context =>
            {
                var slow = context.CallActivityAsync<int>("Slow", 5);
                await context.CreateTimer(TimeSpan.FromHours(1), CancellationToken.None);
                context.SetCustomStatus("fired");
                return await slow;
            }));
        var id = await fixture.StartAsync("Both");
        await EngineFixture.UntilAsync(() => fixture.Time.NextDue is { } due && due > fixture.Time.GetUtcNow(), "the timer");

        await fixture.Client.SuspendInstanceAsync(id);
        release.SetResult();
        fixture.Time.Advance(TimeSpan.FromHours(2));
        await EngineFixture.UntilAsync(() => fixture.Engine.Store.ReadOwed() is { Activities.Count: 0, Timers.Count: 0 }, "both recorded");
        var held = (await fixture.Client.GetInstanceAsync(id, getInputsAndOutputs: true))!;
        held.RuntimeStatus.ShouldBe(OrchestrationRuntimeStatus.Suspended);
        held.SerializedCustomStatus.ShouldBeNull();

        await fixture.Client.ResumeInstanceAsync(id);
        (await fixture.EndOfAsync(id)).ReadOutputAs<int>().ShouldBe(5);
    }

    [Fact]
    public async Task Terminate_WhileSuspended_EndsIt()
    {
        await using var fixture = new EngineFixture(Waiting());
        var id = await fixture.StartAsync("Wait");
        await fixture.UntilStatusAsync(id, "waiting");
        await fixture.Client.SuspendInstanceAsync(id);

        await fixture.Client.TerminateInstanceAsync(id, (object)"enough");

        (await fixture.EndOfAsync(id)).RuntimeStatus.ShouldBe(OrchestrationRuntimeStatus.Terminated);
        await fixture.Client.ResumeInstanceAsync(id);
        (await fixture.Client.GetInstanceAsync(id))!.RuntimeStatus.ShouldBe(OrchestrationRuntimeStatus.Terminated);
    }

    [Fact]
    public async Task PurgeAll_OfMoreThanOneBatch_TakesThemAllAndLeavesTheOpenOnes()
    {
        await using var fixture = new EngineFixture(Waiting().Orchestrator("Well", _ => Task.FromResult(1)));
        await fixture.StartAsync("Wait", id: "open");
        foreach (var id in await Task.WhenAll(Enumerable.Range(0, 450).Select(_ => fixture.StartAsync("Well"))))
        {
            await fixture.EndOfAsync(id);
        }

        (await fixture.Client.PurgeAllInstancesAsync(new PurgeInstancesFilter())).PurgedInstanceCount.ShouldBe(450);
        (await fixture.Client.GetAllInstancesAsync().Select(instance => instance.InstanceId).ToListAsync()).ShouldBe(["open"]);
    }

    [Fact]
    public async Task Purge_EndedAndOpen_RemovesOnlyTheEndedAndAllThatIsOfIt()
    {
        await using var fixture = new EngineFixture(Waiting());
        await fixture.StartAsync("Wait", id: "ended");
        await fixture.Client.RaiseEventAsync("ended", "go", 1);
        await fixture.EndOfAsync("ended");
        await fixture.StartAsync("Wait", id: "open");
        await fixture.UntilStatusAsync("open", "waiting");

        (await fixture.Client.PurgeInstanceAsync("ended")).PurgedInstanceCount.ShouldBe(1);
        (await fixture.Client.PurgeInstanceAsync("open")).PurgedInstanceCount.ShouldBe(0);
        (await fixture.Client.PurgeInstanceAsync("never")).PurgedInstanceCount.ShouldBe(0);

        (await fixture.Client.GetInstanceAsync("ended")).ShouldBeNull();
        fixture.Engine.Store.Read(session => (long)session.Statement(
            "SELECT (SELECT count(DISTINCT execution) FROM events) + (SELECT count(DISTINCT execution) FROM actions)").ExecuteScalar()!).ShouldBe(1);
    }

    [Fact]
    public async Task Purge_Recursive_TakesEndedChildrenAlong()
    {
        await using var fixture = new EngineFixture(new TestFunctions()
            .Orchestrator("Outer", context => context.CallSubOrchestratorAsync("Inner", null, new SubOrchestrationOptions(instanceId: "child")))
            .Orchestrator("Inner", _ => Task.FromResult(1)));
        var id = await fixture.StartAsync("Outer");
        await fixture.EndOfAsync(id);

        (await fixture.Client.PurgeInstanceAsync(id, new PurgeInstanceOptions(Recursive: true))).PurgedInstanceCount.ShouldBe(2);
        (await fixture.Client.GetInstanceAsync("child")).ShouldBeNull();
    }

    [Fact]
    public async Task PurgeAll_ByStatusAndTime_RemovesWhatMatches()
    {
        await using var fixture = new EngineFixture(new TestFunctions()
            .Orchestrator("Well", _ => Task.FromResult(1))
            .Orchestrator("Badly", _ => throw new FormatException()));
        await fixture.EndOfAsync(await fixture.StartAsync("Badly", id: "old"));
        fixture.Time.Advance(TimeSpan.FromDays(1));
        await fixture.EndOfAsync(await fixture.StartAsync("Badly", id: "new"));
        await fixture.EndOfAsync(await fixture.StartAsync("Well", id: "well"));

        var purged = await fixture.Client.PurgeAllInstancesAsync(new PurgeInstancesFilter(
            fixture.Time.GetUtcNow() - TimeSpan.FromHours(1), null, [OrchestrationRuntimeStatus.Failed]));

        purged.PurgedInstanceCount.ShouldBe(1);
        (await fixture.Client.GetAllInstancesAsync().Select(instance => instance.InstanceId).ToListAsync()).ShouldBe(["old", "well"]);
    }
}
