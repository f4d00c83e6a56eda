using System.Net;

namespace Conformance.Durable;

/// <summary>Activities and sub-orchestrations that end well. Sources in microsoft/durabletask-dotnet unless said otherwise.</summary>
public sealed class CallingTests(Target target)
{
    private sealed record Family(string Id, string? ParentId, string? ParentName, string Name, string Said);

    /// <summary>Source: test/Grpc.IntegrationTests/OrchestrationPatterns.cs, ActivityChain.</summary>
    [Fact]
    public async Task Chain_PassesEachResultOn() => (await target.RunAsync("Chain", 3)).OutputAs<int>().ShouldBe(6561);

    /// <summary>Source: OrchestrationPatterns.cs, ActivityFanOut: results stand in the order of the calls.</summary>
    [Fact]
    public async Task FanOut_JoinsInTheOrderOfTheCalls() =>
        (await target.RunAsync("FanOut", 100)).OutputAs<int[]>().ShouldBe(Enumerable.Range(0, 100).Select(number => number * number));

    [Fact]
    public async Task FanOut_OfNothing_IsEmpty() => (await target.RunAsync("FanOut", 0)).OutputAs<int[]>().ShouldBeEmpty();

    /// <summary>Source: test/Grpc.IntegrationTests/AutochunkTests.cs and Azure/azure-functions-durable-extension, AzureStorage_BigReturnValue_Orchestrator: payloads of hundreds of kilobytes pass whole.</summary>
    [Fact]
    public async Task Payload_Of300Kilobytes_PassesWhole()
    {
        var text = string.Concat(Enumerable.Range(0, 60_000).Select(i => (char)('a' + (i % 26)) + "xyzü"));

        var ended = await target.RunAsync("EchoLarge", text);

        ended.OutputAs<string>().ShouldBe(new string([.. text.Reverse()]));
    }

    /// <summary>Source: test/SmokeTests/OOProcSmokeTests/DotNetIsolated/DirectInput.cs (in Azure/azure-functions-durable-extension): a further parameter is the input.</summary>
    [Fact]
    public async Task Input_MayBeAParameter() =>
        (await target.RunAsync("InputAsParameter", new { Key = "the key", Text = "the text" })).OutputAs<string>().ShouldBe("InputAsParameter the key the text");

    [Fact]
    public async Task Activity_KnowsTheInstanceThatCallsIt()
    {
        var ended = await target.RunAsync("AskActivityAboutItself");

        ended.OutputAs<string>().ShouldBe($"TellInvocation {ended.Id} input");
    }

    /// <summary>
    /// A child knows its parent; an id that the parent chose is the child's, another is made. Source: OrchestrationPatterns.cs, SubOrchestration;
    /// Azure/azure-functions-durable-extension, SubOrchestration_ParentInstanceId_Assigned.
    /// </summary>
    [Fact]
    public async Task Child_HasItsOwnIdAndKnowsItsParent()
    {
        var ended = await target.RunAsync("Parent");

        var children = ended.OutputAs<Family[]>();
        children.ShouldAllBe(child => child.ParentId == ended.Id && child.Name == "Child");
        children.Select(child => child.Said).ShouldBe(["cba", "fed"]);
        children[0].Id.ShouldBe(ended.Id + "-child");
        children[1].Id.ShouldNotBe(children[0].Id);
        (await target.FindInstanceAsync(children[1].Id))!.Status.ShouldBe("Completed");
    }

    /// <summary>Source: Azure/azure-functions-durable-extension, RaiseEventToSubOrchestration: a child is an instance like any other.</summary>
    [Fact]
    public async Task Child_TakesEventsByItsOwnId()
    {
        var parent = await target.StartAsync("ParentOfWaiting");
        await target.EventuallyAsync(() => target.FindInstanceAsync(parent + "-child"), child => child is not null);

        await target.RaiseAsync(parent + "-child", "go", "to the child");

        (await target.EndOfAsync(parent)).OutputAs<string>().ShouldBe("to the child");
    }

    /// <summary>Source: OrchestrationPatterns.cs, SetCustomStatus.</summary>
    [Fact]
    public async Task CustomStatus_IsSeenWhileTheInstanceRuns()
    {
        var id = await target.StartAsync("ReportProgress");

        (await target.InstanceAsync(id, found => found.CustomStatus is not null)).CustomStatus.ShouldBe("""{"Step":1,"Of":2}""");
        await target.RaiseAsync(id, "next", "now");

        var ended = await target.EndOfAsync(id);
        ended.CustomStatus.ShouldBe("""{"Step":2,"Of":2}""");
        ended.OutputAs<string>().ShouldBe("done");
    }

    /// <summary>Source: Azure/azure-functions-durable-extension, StartOrchestration_OnUnregisteredOrchestrator: refused at the start in process; the isolated client's instance fails.</summary>
    [Fact]
    [Trait("Differs", "an unknown orchestrator: refused or failed, never lost")]
    public async Task Orchestrator_ThatDoesNotExist_IsRefusedOrFails()
    {
        var id = Key.New("nobody");

        var answer = await target.TryStartAsync("NobodyHasThisOne", id: id);

        if (answer.StatusCode == HttpStatusCode.Accepted)
        {
            (await target.EndOfAsync(id)).Status.ShouldBe("Failed");
        }
        else
        {
            answer.StatusCode.ShouldBe(HttpStatusCode.Conflict);
            (await target.FindInstanceAsync(id)).ShouldBeNull();
        }
    }
}
