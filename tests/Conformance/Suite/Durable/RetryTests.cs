namespace Conformance.Durable;

/// <summary>What is tried again, how often and when. Sources in microsoft/durabletask-dotnet, test/Grpc.IntegrationTests/OrchestrationErrorHandling.cs.</summary>
public sealed class RetryTests(Target target)
{
    /// <summary>Source: RetryActivityFailures: the number is of attempts, the first included.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public async Task Policy_ThatIsUsedUp_FailsAfterThatManyAttempts(int attempts)
    {
        var key = Key.New("retry");

        var ended = await target.RunAsync("RetryByPolicy", Plan(key, fails: 99, attempts));

        ended.Status.ShouldBe("Failed");
        (await target.ObservationsAsync(key)).Count.ShouldBe(attempts);
    }

    [Fact]
    public async Task Policy_StopsAtTheFirstSuccess()
    {
        var key = Key.New("retry");

        (await target.RunAsync("RetryByPolicy", Plan(key, fails: 2, attempts: 9))).OutputAs<int>().ShouldBe(3);

        (await target.ObservationsAsync(key)).Count.ShouldBe(3);
    }

    /// <summary>Intervals grow by the coefficient: 300 ms, then 900 ms.</summary>
    [Fact]
    public async Task Policy_WaitsLongerEachTime()
    {
        var began = DateTime.UtcNow;

        await target.RunAsync("RetryByPolicy", Plan(Key.New("retry"), fails: 2, attempts: 3, intervalMs: 300, coefficient: 3));

        (DateTime.UtcNow - began).ShouldBeGreaterThan(TimeSpan.FromMilliseconds(1200));
    }

    /// <summary>Source: RetryActivityFailuresCustomLogicAndPolicy, its case with a handler that says no.</summary>
    [Fact]
    public async Task Policy_WhoseHandlerSaysNo_GivesUpAtOnce()
    {
        var key = Key.New("retry");

        var ended = await target.RunAsync("RetryByPolicy", new { Plan = new { Key = key, Times = 99, Kind = "argument" }, Attempts = 5, IntervalMs = 20, Coefficient = 1, OnlyOperation = true });

        ended.Status.ShouldBe("Failed");
        (await target.ObservationsAsync(key)).Count.ShouldBe(1);
    }

    /// <summary>Source: RetryActivityFailuresCustomLogic.</summary>
    [Theory]
    [InlineData("RetryByHandler")]
    [InlineData("RetryByPatientHandler")]
    public async Task Handler_DecidesAfterEachFailure(string orchestrator)
    {
        var (succeeding, failing) = (Key.New("retry"), Key.New("retry"));

        (await target.RunAsync(orchestrator, Plan(succeeding, fails: 2, attempts: 5))).OutputAs<int>().ShouldBe(3);
        (await target.RunAsync(orchestrator, Plan(failing, fails: 99, attempts: 4))).Status.ShouldBe("Failed");

        (await target.ObservationsAsync(failing)).Count.ShouldBe(4);
    }

    /// <summary>Source: RetrySubOrchestrationFailures: each attempt is the whole child.</summary>
    [Fact]
    public async Task Child_IsRetriedAsAWhole()
    {
        var key = Key.New("retry");

        (await target.RunAsync("RetryChild", Plan(key, fails: 2, attempts: 5))).OutputAs<int>().ShouldBe(3);

        (await target.ObservationsAsync(key)).Count.ShouldBe(3);
    }

    private static object Plan(string key, int fails, int attempts, int intervalMs = 20, double coefficient = 1) =>
        new { Plan = new { Key = key, Times = fails, Kind = "operation" }, Attempts = attempts, IntervalMs = intervalMs, Coefficient = coefficient, OnlyOperation = false };
}
