using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Portico.EmbeddedHost.Tests.Durable;

public class ActivityTests
{
    [Theory]
    [InlineData(512)]
    [InlineData(0)]
    public async Task CallActivity_InSequence_ResultsArriveInOrder(int cachedOrchestrations)
    {
        await using var fixture = new EngineFixture(
            new TestFunctions()
                .Activity<int, int>("Double", value => value * 2)
                .Orchestrator("Chain", async context =>
                {
                    var value = context.GetInput<int>();
                    for (var step = 0; step < 10; step++)
                    {
                        value = await context.CallActivityAsync<int>("Double", value);
                    }

                    return value;
                }),
            options => options with { MaxCachedOrchestrations = cachedOrchestrations });

        (await fixture.RunAsync<int>("Chain", 1)).ShouldBe(1024);

        // Kept in memory the function is invoked once; without a cache, once more for each of the ten answers.
        fixture.Functions.Invoked.Count.ShouldBe(cachedOrchestrations == 0 ? 11 : 1);
        fixture.Functions.Ran.Count.ShouldBe(10);
    }

    [Fact]
    public async Task CallActivity_FannedOut_JoinsAllResults()
    {
        await using var fixture = new EngineFixture(new TestFunctions()
            .Activity<int, int>("Square", value => value * value)
            .Orchestrator("Sum", async context =>
                (await Task.WhenAll(Enumerable.Range(1, 100).Select(value => context.CallActivityAsync<int>("Square", value)))).Sum()));

        (await fixture.RunAsync<int>("Sum")).ShouldBe(338_350);
    }

    [Fact]
    public async Task CallActivity_ThatThrows_FailsWithTypeMessageAndInnerFailure()
    {
        await using var fixture = new EngineFixture(new TestFunctions()
            .Activity<int, int>("Break", _ => throw new InvalidOperationException("outer", new FormatException("inner")))
            .Orchestrator("Catch", async context =>
            {
                try
                {
                    return await context.CallActivityAsync<string>("Break", 7);
                }
                catch (TaskFailedException failure)
                {
                    return $"{failure.TaskName} #{failure.TaskId} {failure.FailureDetails.IsCausedBy<InvalidOperationException>()} "
                        + $"{failure.FailureDetails.ErrorMessage} < {failure.FailureDetails.InnerFailure!.ErrorType}: {failure.Message}";
                }
            }));

        (await fixture.RunAsync<string>("Catch")).ShouldBe(
            "Break #0 True outer < System.FormatException: Task 'Break' (#0) failed with an unhandled exception: outer");
    }

    [Fact]
    public async Task CallActivity_FailureNotCaught_FailsTheInstanceWithItsCauseInside()
    {
        await using var fixture = new EngineFixture(new TestFunctions()
            .Activity<int, int>("Break", _ => throw new FormatException("bad header"))
            .Orchestrator("Fail", context => context.CallActivityAsync("Break", 1)));

        var failure = await fixture.FailAsync("Fail");

        failure.IsCausedBy<TaskFailedException>().ShouldBeTrue();
        failure.InnerFailure!.IsCausedBy<FormatException>().ShouldBeTrue();
        failure.InnerFailure.ErrorMessage.ShouldBe("bad header");
    }

    [Fact]
    public async Task CallActivity_FailureOfEndlessWords_IsCutToWhatCanBeRead()
    {
        await using var fixture = new EngineFixture(new TestFunctions()
            .Activity<int, int>("Rant", _ => throw new FormatException(new string('x', 20_000_000)))
            .Orchestrator("Call", context => context.CallActivityAsync<int>("Rant")));

        var failure = await fixture.FailAsync("Call");

        failure.InnerFailure!.ErrorType.ShouldBe("System.FormatException");
        failure.InnerFailure.ErrorMessage.Length.ShouldBeLessThan(40_000);
        failure.ErrorMessage.ShouldStartWith("Task 'Rant' (#0) failed with an unhandled exception: xxx");
    }

    [Fact]
    public async Task CallActivity_ThatDoesNotExist_FailsAndIsNotRetried()
    {
        await using var fixture = new EngineFixture(new TestFunctions()
            .Orchestrator("Call", context => context.CallActivityAsync(
                "Nowhere", options: TaskOptions.FromRetryPolicy(new RetryPolicy(5, TimeSpan.FromHours(1))))));

        (await fixture.FailAsync("Call")).ErrorMessage.ShouldContain("'Nowhere'");
    }

    [Fact]
    public async Task CallActivity_OutputOverTheLimit_FailsNamingTheLimit()
    {
        await using var fixture = new EngineFixture(new TestFunctions()
            .Activity<int, string>("Large", length => new string('x', length))
            .Orchestrator("Call", async context => (await context.CallActivityAsync<string>("Large", context.GetInput<int>())).Length));

        (await fixture.RunAsync<int>("Call", 10_000_000)).ShouldBe(10_000_000);
        (await fixture.FailAsync("Call", 11_000_000)).ErrorMessage.ShouldContain("10,485,760");
    }

    [Fact]
    public async Task CallActivity_InputOverTheLimit_ThrowsInTheOrchestrator()
    {
        await using var fixture = new EngineFixture(new TestFunctions()
            .Activity<string, int>("Measure", text => text.Length)
            .Orchestrator("Call", context => context.CallActivityAsync<int>("Measure", new string('x', 11_000_000))));

        (await fixture.FailAsync("Call")).IsCausedBy<ArgumentException>().ShouldBeTrue();
        fixture.Functions.Ran.ShouldBeEmpty();
    }

    [Fact]
    public async Task CallActivity_OptionsPassedAsInput_IsRefused()
    {
        await using var fixture = new EngineFixture(new TestFunctions()
            .Activity<int, int>("Double", value => value * 2)
            .Orchestrator("Call", context => context.CallActivityAsync<int>("Double", (object)new TaskOptions())));

        (await fixture.FailAsync("Call")).IsCausedBy<ArgumentException>().ShouldBeTrue();
    }

    [Fact]
    public async Task CallActivity_NotAwaited_StillRuns()
    {
        await using var fixture = new EngineFixture(new TestFunctions()
            .Activity<int, int>("Tell", value => value)
            .Orchestrator("Forget", context =>
            {
                _ = context.CallActivityAsync("Tell", 5);
                return Task.FromResult("done");
            }));

        (await fixture.RunAsync<string>("Forget")).ShouldBe("done");
        await EngineFixture.UntilAsync(() => fixture.Functions.Ran.Contains("Tell(5)"), "the forgotten activity");
    }

    [Fact]
    public async Task CallActivity_NameInOtherCase_Runs()
    {
        await using var fixture = new EngineFixture(new TestFunctions()
            .Activity<int, int>("Double", value => value * 2)
            .Orchestrator("Call", context => context.CallActivityAsync<int>("dOUBLE", 4)));

        (await fixture.RunAsync<int>("cALL")).ShouldBe(8);
    }

    [Fact]
    public async Task CallActivity_RecordsWithFields_ArriveWhole()
    {
        await using var fixture = new EngineFixture(new TestFunctions()
            .Activity<(int Width, string? Name), (int Width, string? Name)>("Echo", size => size)
            .Orchestrator("Call", context => context.CallActivityAsync<(int, string?)>("Echo", (640, (string?)null))));

        (await fixture.RunAsync<(int, string?)>("Call")).ShouldBe((640, null));
    }
}
