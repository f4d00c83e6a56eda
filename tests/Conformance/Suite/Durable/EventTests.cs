namespace Conformance.Durable;

/// <summary>External events, and executions that follow each other. Sources in microsoft/durabletask-dotnet, test/Grpc.IntegrationTests, unless said otherwise.</summary>
public sealed class EventTests(Target target)
{
    /// <summary>Source: OrchestrationPatterns.cs, ExternalEvents: events of one name complete waits in the order in which they were raised.</summary>
    [Fact]
    public async Task Events_OfOneName_ArriveInOrder()
    {
        var id = await target.StartAsync("WaitInTurn", 5);
        for (var i = 0; i < 5; i++)
        {
            await target.RaiseAsync(id, "item", $"event {i}");
        }

        (await target.EndOfAsync(id)).OutputAs<List<string>>().ShouldBe(["event 0", "event 1", "event 2", "event 3", "event 4"]);
    }

    /// <summary>Source: ExternalEventStackTests.cs, EventBuffering_EventArrivesBeforeWaiter_FirstWaiterReceivesBufferedEvent.</summary>
    [Fact]
    public async Task Events_ThatComeEarly_Wait()
    {
        var id = await target.StartAsync("WaitLate", 700);
        await target.BeginningOfAsync(id);
        await target.RaiseAsync(id, "item", "early");
        await target.RaiseAsync(id, "item", "early, too");

        (await target.EndOfAsync(id)).OutputAs<List<string>>().ShouldBe(["early", "early, too"]);
    }

    /// <summary>Source: ExternalEventStackTests.cs, StackBehavior_LIFO_NewestWaiterReceivesEventFirst: of two waiters the newer is served first.</summary>
    [Fact]
    public async Task Event_WithTwoWaiters_GoesToTheNewer()
    {
        var id = await target.StartAsync("WaitTwice");
        await target.InstanceAsync(id, found => found.CustomStatus is not null);

        await target.RaiseAsync(id, "item", "first raised");
        await target.RaiseAsync(id, "item", "second raised");

        (await target.EndOfAsync(id)).OutputAs<string[]>().ShouldBe(["second raised", "first raised"]);
    }

    /// <summary>Event names ignore case. Source: src/Worker/Core/Shims/TaskOrchestrationContextWrapper.cs (names are kept in a case-insensitive dictionary).</summary>
    [Fact]
    public async Task EventName_IgnoresCase()
    {
        var id = await target.StartAsync("WaitForOne", "Approval");
        await target.RaiseAsync(id, "approval", "granted");

        (await target.EndOfAsync(id)).OutputAs<string>().ShouldBe("granted");
    }

    [Fact]
    public async Task Event_OfAnotherName_CompletesNothing()
    {
        var id = await target.StartAsync("WaitForEither");
        await target.RaiseAsync(id, "middle", "no");
        await target.RaiseAsync(id, "right", "yes");

        (await target.EndOfAsync(id)).OutputAs<string>().ShouldBe("right yes");
    }

    /// <summary>Source: OrchestrationPatterns.cs, WaitForExternalEvent_WithTimeoutAndCancellationToken_TimeoutWins and …_EventWins.</summary>
    [Fact]
    public async Task Wait_WithPatience_EndsWithTheEventOrWithoutIt()
    {
        var patient = await target.StartAsync("WaitWithPatience", 60_000);
        await target.RaiseAsync(patient, "item", "in time");

        (await target.EndOfAsync(patient)).OutputAs<string>().ShouldBe("in time");
        (await target.RunAsync("WaitWithPatience", 200)).OutputAs<string>().ShouldBe("gave up");
    }

    /// <summary>Source: Azure/durabletask, the context's SendEvent; one orchestrator's event is like a client's.</summary>
    [Fact]
    public async Task Event_FromAnotherOrchestrator_Arrives()
    {
        var waiting = await target.StartAsync("WaitForOne", "go");
        var sending = await target.RunAsync("SendToOther", waiting);

        (await target.EndOfAsync(waiting)).OutputAs<string>().ShouldBe($"from {sending.Id}");
    }

    /// <summary>An event for an instance that has ended, or never was, is nobody's failure.</summary>
    [Fact]
    public async Task Event_ForAnEndedInstance_ChangesNothing()
    {
        var ended = await target.RunAsync("Chain", 2);

        await target.RaiseAsync(ended.Id, "item", "too late");

        var after = (await target.FindInstanceAsync(ended.Id))!;
        after.Status.ShouldBe("Completed");
        after.Output.ShouldBe(ended.Output);
    }

    /// <summary>
    /// Going on as new keeps the id, takes the new input and drops what the old execution returned. Source: OrchestrationPatterns.cs, ContinueAsNew.
    /// </summary>
    [Fact]
    public async Task ContinueAsNew_KeepsTheIdAndTakesTheNewInput()
    {
        var id = await target.StartAsync("CountDown", 5);

        var ended = await target.EndOfAsync(id);

        ended.Id.ShouldBe(id);
        ended.Status.ShouldBe("Completed");
        ended.Input.ShouldBe("0");
        ended.OutputAs<string>().ShouldBe("at nothing");
    }

    /// <summary>Source: OrchestrationPatterns.cs, ContinueAsNewEventsArePreserved: events that an execution did not take reach the next, in order.</summary>
    [Fact]
    public async Task ContinueAsNew_CarriesUnprocessedEventsOver()
    {
        var id = await target.StartAsync("GatherAcrossExecutions", new { Wanted = 6, SoFar = Array.Empty<string>() });
        for (var i = 0; i < 6; i++)
        {
            await target.RaiseAsync(id, "item", i.ToString());
        }

        (await target.EndOfAsync(id)).OutputAs<List<string>>().ShouldBe(["0", "1", "2", "3", "4", "5"]);
    }
}
