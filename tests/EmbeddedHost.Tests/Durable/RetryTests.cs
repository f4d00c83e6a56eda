using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Portico.EmbeddedHost.Tests.Durable;

public class RetryTests
{
    private static TestFunctions FailingTimes(int failures, Func<TaskOrchestrationContext, TaskOptions> options, Func<Exception>? failure = null)
    {
        var attempts = 0;
        return new TestFunctions()
            .Activity<string, string>("Flaky", _ => Interlocked.Increment(ref attempts) <= failures
                ? throw (failure ?? (() => new TimeoutException("busy")))()
                : "well")
            .Orchestrator("Insist", async context =>
            {
                var from = context.CurrentUtcDateTime;
                var result = await context.CallActivityAsync<string>("Flaky", "x", options(context));
                return $"{result} after {(context.CurrentUtcDateTime - from).TotalSeconds:0} s";
            });
    }

    private static async Task<OrchestrationMetadata> RunAsync(EngineFixture fixture) =>
        await fixture.EndOfWithTimersAsync(await fixture.StartAsync("Insist"));

    [Fact]
    public async Task RetryPolicy_TransientFailures_WaitsGrowingIntervalsUpToTheLongest()
    {
        // Waits: 2, 6, 18 → 10, 10 seconds.
        await using var fixture = new EngineFixture(FailingTimes(4, _ => new RetryPolicy(
            5, TimeSpan.FromSeconds(2), backoffCoefficient: 3, maxRetryInterval: TimeSpan.FromSeconds(10)).ToOptions()));

        (await RunAsync(fixture)).ReadOutputAs<string>().ShouldBe("well after 28 s");
        fixture.Functions.Ran.Count.ShouldBe(5);
    }

    [Fact]
    public async Task RetryPolicy_AttemptsUsedUp_FailsWithTheLastFailure()
    {
        await using var fixture = new EngineFixture(FailingTimes(9, _ => new RetryPolicy(3, TimeSpan.FromSeconds(1)).ToOptions()));

        var ended = await RunAsync(fixture);

        ended.RuntimeStatus.ShouldBe(OrchestrationRuntimeStatus.Failed);
        ended.FailureDetails!.InnerFailure!.IsCausedBy<TimeoutException>().ShouldBeTrue();
        fixture.Functions.Ran.Count.ShouldBe(3);
    }

    [Fact]
    public async Task RetryPolicy_TimeUsedUp_StopsEarly()
    {
        await using var fixture = new EngineFixture(FailingTimes(9, _ => new RetryPolicy(
            9, TimeSpan.FromSeconds(10), retryTimeout: TimeSpan.FromSeconds(25)).ToOptions()));

        (await RunAsync(fixture)).RuntimeStatus.ShouldBe(OrchestrationRuntimeStatus.Failed);

        // At 0, 10, 20 and 30 seconds; at 30 the 25 are over.
        fixture.Functions.Ran.Count.ShouldBe(4);
    }

    [Fact]
    public async Task RetryPolicy_FailureNotWorthRetrying_FailsAtOnce()
    {
        await using var fixture = new EngineFixture(FailingTimes(
            1,
            _ => new RetryPolicy(5, TimeSpan.FromSeconds(1)) { HandleFailure = failure => failure.IsCausedBy<TimeoutException>() }.ToOptions(),
            () => new FormatException("never")));

        (await RunAsync(fixture)).RuntimeStatus.ShouldBe(OrchestrationRuntimeStatus.Failed);
        fixture.Functions.Ran.Count.ShouldBe(1);
    }

    [Fact]
    public async Task RetryHandler_SaysHowOften_SeesAttemptsAndFailures()
    {
        var seen = new List<string>();
        await using var fixture = new EngineFixture(FailingTimes(2, _ => TaskOptions.FromRetryHandler(known =>
        {
            seen.Add($"{known.LastAttemptNumber} {known.LastFailure.ErrorMessage}");
            return known.LastAttemptNumber < 5;
        })));

        (await RunAsync(fixture)).ReadOutputAs<string>().ShouldBe("well after 0 s");
        seen.ShouldBe(["1 busy", "2 busy"]);
    }

    [Fact]
    public async Task RetryHandler_ThatAwaitsATimer_BacksOffDurably()
    {
        await using var fixture = new EngineFixture(FailingTimes(3, context => TaskOptions.FromRetryHandler(async known =>
        {
            await context.CreateTimer(TimeSpan.FromSeconds(7 * known.LastAttemptNumber), CancellationToken.None);
            return true;
        })));

        (await RunAsync(fixture)).ReadOutputAs<string>().ShouldBe("well after 42 s");
    }

    [Fact]
    public async Task RetryHandler_OfASubOrchestrationOverARestart_SeesWhatItSawBefore()
    {
        var seen = new List<string>();
        var attempts = 0;
        await using var fixture = new EngineFixture(new TestFunctions()
            .Activity<int, int>("Flaky", value => ++attempts < 4 ? throw new TimeoutException("busy") : value)
            .Orchestrator("Inner", context => context.CallActivityAsync<int>("Flaky", 7))
            .Orchestrator("Outer", context => context.CallSubOrchestratorAsync<int>("Inner", null, TaskOptions.FromRetryHandler(async known =>
            {
                if (!context.IsReplaying)
                {
                    seen.Add($"{known.LastAttemptNumber} {known.LastFailure.InnerFailure?.ErrorType} {known.TotalRetryTime.TotalMinutes:0}");
                }

                await context.CreateTimer(TimeSpan.FromMinutes(10), CancellationToken.None);
                return known.LastAttemptNumber < 5;
            }))));
        var id = await fixture.StartAsync("Outer");
        await EngineFixture.UntilAsync(() => fixture.Time.NextDue is { } due && due > fixture.Time.GetUtcNow(), "the first wait");

        await fixture.RestartAsync();

        (await fixture.EndOfWithTimersAsync(id)).ReadOutputAs<int>().ShouldBe(7);
        seen.ShouldBe(["1 System.TimeoutException 0", "2 System.TimeoutException 10", "3 System.TimeoutException 20"]);
    }

    [Fact]
    public async Task RetryHandler_ThatThrows_FailsTheOrchestrationWithItsOwnException()
    {
        await using var fixture = new EngineFixture(FailingTimes(1, _ => TaskOptions.FromRetryHandler(new RetryHandler(_ => throw new FormatException("handler")))));

        (await RunAsync(fixture)).FailureDetails!.ErrorMessage.ShouldBe("handler");
        fixture.Functions.Ran.Count.ShouldBe(1);
    }

    [Fact]
    public async Task RetryPolicy_RestartBetweenAttempts_GoesOnWhereItWas()
    {
        await using var fixture = new EngineFixture(FailingTimes(2, _ => new RetryPolicy(3, TimeSpan.FromMinutes(10)).ToOptions()));
        var id = await fixture.StartAsync("Insist");
        await EngineFixture.UntilAsync(() => fixture.Time.NextDue is { } due && due > fixture.Time.GetUtcNow(), "the first wait");

        fixture.Time.Advance(TimeSpan.FromMinutes(4));
        await fixture.RestartAsync();

        (await fixture.EndOfWithTimersAsync(id)).ReadOutputAs<string>().ShouldBe("well after 1200 s");
        fixture.Functions.Ran.Count.ShouldBe(3);
    }
}

internal static class RetryPolicies
{
    public static TaskOptions ToOptions(this RetryPolicy policy) => TaskOptions.FromRetryPolicy(policy);
}
