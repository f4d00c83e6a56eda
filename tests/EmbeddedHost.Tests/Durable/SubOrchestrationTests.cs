using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Portico.EmbeddedHost.Tests.Durable;

public class SubOrchestrationTests
{
    [Theory]
    [InlineData(512)]
    [InlineData(0)]
    public async Task CallSubOrchestrator_Nested_ReturnsResultsAndKnowsItsParent(int cachedOrchestrations)
    {
        await using var fixture = new EngineFixture(
            new TestFunctions()
                .Activity<int, int>("Increment", value => value + 1)
                .Orchestrator("Outer", async context =>
                {
                    var parts = await Task.WhenAll(
                        context.CallSubOrchestratorAsync<string>("Inner", 1), context.CallSubOrchestratorAsync<string>("Inner", 2));
                    return string.Join(" ", parts);
                })
                .Orchestrator("Inner", async context =>
                    $"{await context.CallActivityAsync<int>("Increment", context.GetInput<int>())} of {context.Parent!.Name} {context.Parent.InstanceId}"),
            options => options with { MaxCachedOrchestrations = cachedOrchestrations });

        var ended = await fixture.EndOfAsync(await fixture.StartAsync("Outer", id: "top"));

        ended.ReadOutputAs<string>().ShouldBe("2 of Outer top 3 of Outer top");
    }

    [Fact]
    public async Task CallSubOrchestrator_ThatFails_CarriesItsFailure()
    {
        await using var fixture = new EngineFixture(new TestFunctions()
            .Orchestrator("Outer", async context =>
            {
                try
                {
                    await context.CallSubOrchestratorAsync("Inner");
                    return "no failure";
                }
                catch (TaskFailedException failure)
                {
                    return $"{failure.TaskName}: {failure.FailureDetails.IsCausedBy<FormatException>()} {failure.FailureDetails.ErrorMessage}";
                }
            })
            .Orchestrator("Inner", _ => throw new FormatException("no header")));

        (await fixture.RunAsync<string>("Outer")).ShouldBe("Inner: True no header");
    }

    [Fact]
    public async Task CallSubOrchestrator_RetriedUnderItsOwnId_ReplacesTheFailedInstance()
    {
        var attempts = 0;
        await using var fixture = new EngineFixture(new TestFunctions()
            .Activity<int, int>("Flaky", _ => Interlocked.Increment(ref attempts) < 3 ? throw new TimeoutException() : attempts)
            .Orchestrator("Outer", context => context.CallSubOrchestratorAsync<int>(
                "Inner", null, TaskOptions.FromRetryPolicy(new RetryPolicy(3, TimeSpan.FromSeconds(1))).WithInstanceId("child")))
            .Orchestrator("Inner", context => context.CallActivityAsync<int>("Flaky", 0)));

        var ended = await fixture.EndOfWithTimersAsync(await fixture.StartAsync("Outer"));

        ended.ReadOutputAs<int>().ShouldBe(3);
        (await fixture.Client.GetInstanceAsync("child"))!.RuntimeStatus.ShouldBe(OrchestrationRuntimeStatus.Completed);
    }

    [Fact]
    public async Task CallSubOrchestrator_IdThatIsOpen_FailsTheCallAndLeavesTheOther()
    {
        await using var fixture = new EngineFixture(new TestFunctions()
            .Orchestrator("Outer", context => context.CallSubOrchestratorAsync("Wait", null, new SubOrchestrationOptions(instanceId: "taken")))
            .Orchestrator("Wait", context => context.WaitForExternalEvent<int>("go")));
        await fixture.StartAsync("Wait", id: "taken");

        (await fixture.FailAsync("Outer")).InnerFailure!.ErrorType.ShouldBe("DurableTask.Core.Exceptions.OrchestrationAlreadyExistsException");

        await fixture.Client.RaiseEventAsync("taken", "go", 5);
        (await fixture.EndOfAsync("taken")).ReadOutputAs<int>().ShouldBe(5);
    }

    [Fact]
    public async Task CallSubOrchestrator_Terminated_FailsTheCall()
    {
        await using var fixture = new EngineFixture(new TestFunctions()
            .Orchestrator("Outer", context => context.CallSubOrchestratorAsync("Wait", null, new SubOrchestrationOptions(instanceId: "child")))
            .Orchestrator("Wait", context => context.WaitForExternalEvent<int>("go")));
        var id = await fixture.StartAsync("Outer");
        await fixture.Client.WaitForInstanceStartAsync("child");

        await fixture.Client.TerminateInstanceAsync("child");

        (await fixture.EndOfAsync(id)).FailureDetails!.InnerFailure!.ErrorMessage.ShouldContain("terminated");
    }

    [Fact]
    public async Task CallSubOrchestrator_NameThatDoesNotExist_FailsTheCallWithoutRetries()
    {
        await using var fixture = new EngineFixture(new TestFunctions()
            .Orchestrator("Outer", context => context.CallSubOrchestratorAsync(
                "Nowhere", options: TaskOptions.FromRetryPolicy(new RetryPolicy(5, TimeSpan.FromHours(1))))));

        (await fixture.FailAsync("Outer")).InnerFailure!.ErrorMessage.ShouldContain("'Nowhere'");
    }
}
