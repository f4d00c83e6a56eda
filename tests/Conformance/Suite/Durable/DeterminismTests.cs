namespace Conformance.Durable;

/// <summary>What an orchestrator may rely on when its code is run again from its history.</summary>
public sealed class DeterminismTests(Target target)
{
    /// <summary>
    /// NewGuid and CurrentUtcDateTime give at every replay what they gave first. Each step goes out through an activity as it
    /// is first taken; the end returns what the last replay made of all. Source: microsoft/durabletask-dotnet,
    /// test/Grpc.IntegrationTests/OrchestrationPatterns.cs, NewGuidTest and CurrentDateTimeUtc; Azure/azure-functions-durable-extension,
    /// test/Common/DurableTaskEndToEndTests.cs, VerifySameGuidsOnReplay and VerifyUniqueGuids.
    /// </summary>
    [Fact]
    public async Task GuidsAndClock_AreTheSameAtEveryReplay()
    {
        var key = Key.New("replay");

        var steps = (await target.RunAsync("RepeatSteps", key)).OutputAs<List<string>>();

        steps.ShouldBe(await target.ObservationsAsync(key));
        var guids = steps.SelectMany(step => step.Split(' ')[1..3]).ToList();
        guids.Distinct().Count().ShouldBe(8);
        steps.Select(step => step.Split(' ')[3]).ShouldBeInOrder(SortDirection.Ascending);
    }

    [Fact]
    public async Task Guids_OfTwoInstances_Differ()
    {
        var one = (await target.RunAsync("RepeatSteps", Key.New("replay"))).OutputAs<List<string>>();
        var two = (await target.RunAsync("RepeatSteps", Key.New("replay"))).OutputAs<List<string>>();

        one.SelectMany(step => step.Split(' ')[1..3]).Intersect(two.SelectMany(step => step.Split(' ')[1..3])).ShouldBeEmpty();
    }

    /// <summary>Source: OrchestrationPatterns.cs, IsReplaying: the code that runs last is never a replay.</summary>
    [Fact]
    public async Task IsReplaying_IsFalseInCodeThatRunsForTheFirstTime() =>
        (await target.RunAsync("TellReplaying")).OutputAs<bool[]>()[1].ShouldBeFalse();

    /// <summary>
    /// Awaiting what the context did not give fails the instance; it neither hangs nor completes. Source:
    /// Azure/azure-functions-durable-extension, src/Worker.Extensions.DurableTask/FunctionsOrchestrator.cs, EnsureSynchronousExecution.
    /// </summary>
    [Fact]
    public async Task Orchestrator_ThatAwaitsSomethingForeign_Fails()
    {
        var ended = await target.RunAsync("AwaitSomethingForeign");

        ended.Status.ShouldBe("Failed");
        ended.Failure!.Message.ShouldNotBeEmpty();
    }

    /// <summary>A timer never fires early by the context's own clock. Source: OrchestrationPatterns.cs, SingleTimer and LongTimer.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(400)]
    [InlineData(-60_000)]
    public async Task Timer_FiresNotBeforeItsTime(int delayMs)
    {
        var times = (await target.RunAsync("Sleep", delayMs)).OutputAs<DateTime[]>();

        times[2].ShouldBeGreaterThanOrEqualTo(times[1]);
        times[2].ShouldBeGreaterThanOrEqualTo(times[0]);
        (times[2] - times[0]).ShouldBeLessThan(TimeSpan.FromSeconds(20));
    }

    /// <summary>Source: Azure/azure-functions-durable-extension, DurableTaskEndToEndTests.cs, TimerCancellation.</summary>
    [Fact]
    public async Task Timer_ThatIsCancelled_EndsItsAwaiter() => (await target.RunAsync("CancelTimer")).OutputAs<string>().ShouldBe("cancelled");
}
