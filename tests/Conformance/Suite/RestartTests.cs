using Conformance.Durable;

namespace Conformance;

/// <summary>Runs after everything else and alone: it ends the process that the others talk to.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Restarts
{
    public const string Name = "restarts";
}

/// <summary>
/// A host that was killed by SIGKILL with work of every kind under way, and runs again. One crash serves all tests: each
/// has its own work. What kills it is a blob-triggered function, so that its blob is under way too.
/// </summary>
public sealed class AfterACrash(Target target) : IAsyncLifetime
{
    public string WorkKey { get; } = Key.New("work");

    public string WaitingKey { get; } = Key.New("waiting");

    public string ToldKey { get; } = Key.New("told");

    public string DoneKey { get; } = Key.New("done");

    public string DeadlyKey { get; } = Key.New("deadly");

    public string WorkId { get; private set; } = null!;

    public string WaitingId { get; private set; } = null!;

    public string ToldId { get; private set; } = null!;

    public string SleepingId { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        await target.PutBlobAsync("conformance-text", $"{DoneKey}/x.txt", "once");
        WorkId = await target.StartAsync("WorkGatedAfterAnother", WorkKey);
        WaitingId = await target.StartAsync("StepsAroundAnEvent", WaitingKey);
        ToldId = await target.StartAsync("StepsAroundAnEvent", ToldKey);
        await Task.WhenAll(new[] { DoneKey, WorkKey, WaitingKey, ToldKey }.Select(key => target.ObservationsAsync(key, seen => seen.Count == 1)));
        SleepingId = await target.StartAsync("Sleep", 2_000);
        await target.BeginningOfAsync(SleepingId);
        await target.RaiseAsync(ToldId, "go", "before the crash");

        var process = (await target.AliveAsync()).Process;
        await target.PutBlobAsync("conformance-deadly", $"{DeadlyKey}/x", "the first sight of this ends the process");
        await target.RestartAfterCrashAsync(process);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>What outlives the process that runs the functions.</summary>
[Collection(Restarts.Name)]
[Trait("Needs", "a process that may be ended")]
public sealed class RestartTests(Target target, AfterACrash crash) : IClassFixture<AfterACrash>
{
    /// <summary>
    /// An activity that was under way when the process died runs again; one whose end is recorded does not; what comes after
    /// runs once. Source: docs of TaskActivity in microsoft/durabletask-dotnet, src/Abstractions/TaskActivity.cs: at least once.
    /// </summary>
    [Fact]
    public async Task Activity_UnderWayAtACrash_RunsAgain()
    {
        await target.ObservationsAsync(crash.WorkKey, seen => seen.Count(what => what == "began") >= 2);
        await target.PutBlobAsync("conformance-gates", crash.WorkKey, "open");

        (await target.EndOfAsync(crash.WorkId)).Status.ShouldBe("Completed");
        (await target.ObservationsAsync(crash.WorkKey + "-before")).Count.ShouldBe(1);
        (await target.ObservationsAsync(crash.WorkKey + "-after")).Count.ShouldBe(1);
    }

    /// <summary>
    /// Replayed in another process, an orchestrator computes what it computed in the first. Source: microsoft/durabletask-dotnet,
    /// test/Grpc.IntegrationTests/OrchestrationPatterns.cs, NewGuidTest and CurrentDateTimeUtc.
    /// </summary>
    [Fact]
    public async Task Orchestrator_ReplayedInAnotherProcess_ComputesTheSame()
    {
        await target.RaiseAsync(crash.WaitingId, "go", "after the crash");

        var steps = (await target.EndOfAsync(crash.WaitingId)).OutputAs<List<string>>();

        steps[1].ShouldBe("after the crash");
        (await target.ObservationsAsync(crash.WaitingKey)).ShouldBe([steps[0], steps[2]]);
    }

    /// <summary>An event that was acknowledged is there, whether it was consumed before the crash or is after it.</summary>
    [Fact]
    public async Task Event_AcknowledgedBeforeACrash_Arrives() =>
        (await target.EndOfAsync(crash.ToldId)).OutputAs<List<string>>()[1].ShouldBe("before the crash");

    /// <summary>A timer that fell due while nothing ran fires at the start. Source: OrchestrationPatterns.cs, LongTimer.</summary>
    [Fact]
    public async Task DurableTimer_SurvivesACrash()
    {
        var times = (await target.EndOfAsync(crash.SleepingId)).OutputAs<DateTime[]>();

        times[2].ShouldBeGreaterThanOrEqualTo(times[1]);
    }

    /// <summary>
    /// A blob whose function died with the process is tried again. Source: Azure/azure-webjobs-sdk,
    /// BlobTriggerExecutorTests.cs, ExecuteAsync_IfIncompleteBlobReceiptExists_TriesToAcquireLease.
    /// </summary>
    [Fact]
    public async Task Blob_UnderWayAtACrash_RunsAgain() =>
        (await target.ObservationsAsync(crash.DeadlyKey, seen => seen.Contains("ended x"))).ShouldBe(["began x", "began x", "ended x"]);

    /// <summary>
    /// A version that was done before the crash is not run again by the scan that follows it: receipts outlive the process. Source: the same file,
    /// ExecuteAsync_IfCompletedBlobReceiptExists_ReturnsSuccessfulResult.
    /// </summary>
    [Fact]
    public async Task Blob_DoneBeforeACrash_DoesNotRunAgain()
    {
        await target.ObservationsAsync(crash.DeadlyKey, seen => seen.Contains("ended x"));
        await Task.Delay(TimeSpan.FromSeconds(target.Of(embedded: 3, azure: 30)));

        (await target.ObservationsAsync(crash.DoneKey)).ShouldBe(["text x once"]);
    }

    /// <summary>
    /// What a timer missed while the host was down runs once at the start, marked past due, however many occurrences there
    /// were; then the schedule goes on. Source: Azure/azure-webjobs-sdk-extensions, TimerListenerTests.cs, StartAsync_SchedulePastDue_SchedulesImmediateInvocation.
    /// </summary>
    [Fact]
    public async Task Timer_MissedWhileTheHostWasDown_RunsOnceAndSaysSo()
    {
        Assert.SkipUnless(target.OwnsHost, "Only a host that the suite started can be held down: set PORTICO_CONFORMANCE_START instead of PORTICO_CONFORMANCE_ORIGIN.");
        const string timer = "timer-every-two-seconds";
        var process = (await target.AliveAsync()).Process;
        await target.EventuallyAsync(() => TimerRun.ListAsync(target, timer), runs => runs.Any(run => run.Process == process));

        await target.RestartAsync(downFor: TimeSpan.FromSeconds(5));

        process = (await target.AliveAsync()).Process;
        var after = await target.EventuallyAsync(async () => (await TimerRun.ListAsync(target, timer)).Where(run => run.Process == process).ToList(), runs => runs.Count >= 2);
        after[0].IsPastDue.ShouldBeTrue();
        after.Skip(1).ShouldAllBe(run => !run.IsPastDue);
    }
}
