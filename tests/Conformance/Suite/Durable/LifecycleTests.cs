using System.Net;

namespace Conformance.Durable;

/// <summary>Starting, ending, holding and removing instances. Sources in microsoft/durabletask-dotnet, test/Grpc.IntegrationTests, unless said otherwise.</summary>
public sealed class LifecycleTests(Target target)
{
    /// <summary>
    /// An id whose instance is open is refused, and the instance goes on undisturbed. Source: Azure/azure-functions-durable-extension,
    /// test/Common/DurableTaskEndToEndTests.cs, Dedupe_Default_NotRunning_ThrowsException; src/WebJobs.Extensions.DurableTask/Options/DurableTaskOptions.cs,
    /// OverridableExistingInstanceStates = NonRunningStates.
    /// </summary>
    [Fact]
    public async Task Start_OfAnOpenId_IsRefused()
    {
        var id = await target.StartAsync("WaitForOne", "go", Key.New("open"));
        await target.BeginningOfAsync(id);

        (await target.TryStartAsync("Chain", 2, id)).StatusCode.ShouldBe(HttpStatusCode.Conflict);

        await target.RaiseAsync(id, "go", "undisturbed");
        var ended = await target.EndOfAsync(id);
        ended.Name.ShouldBe("WaitForOne");
        ended.OutputAs<string>().ShouldBe("undisturbed");
    }

    /// <summary>A suspended instance is as open as a running one; so is a pending one.</summary>
    [Fact]
    public async Task Start_OfASuspendedOrPendingId_IsRefused()
    {
        var suspended = await target.StartAsync("WaitForOne", "go", Key.New("held"));
        await target.BeginningOfAsync(suspended);
        await target.SuspendAsync(suspended);
        await target.InstanceAsync(suspended, found => found.Status == "Suspended");
        var pending = await target.StartAsync("Chain", 2, Key.New("later"), DateTimeOffset.UtcNow.AddHours(1));

        (await target.TryStartAsync("Chain", 2, suspended)).StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await target.TryStartAsync("Chain", 2, pending)).StatusCode.ShouldBe(HttpStatusCode.Conflict);

        await target.TerminateAsync(suspended);
        await target.TerminateAsync(pending);
    }

    /// <summary>An id whose instance has ended, in whatever way, is used anew and the old instance is gone. Source: the same option.</summary>
    [Theory]
    [InlineData("Completed")]
    [InlineData("Failed")]
    [InlineData("Terminated")]
    public async Task Start_OfAnEndedId_ReplacesIt(string status)
    {
        var id = await target.StartAsync(status switch { "Completed" => "Chain", "Failed" => "FailByItself", _ => "WaitForOne" }, status == "Completed" ? 2 : "go", Key.New("again"));
        if (status == "Terminated")
        {
            await target.TerminateAsync(id);
        }

        var first = await target.EndOfAsync(id);
        first.Status.ShouldBe(status);

        (await target.TryStartAsync("Chain", 3, id)).StatusCode.ShouldBe(HttpStatusCode.Accepted);

        var second = await target.EndOfAsync(id);
        second.Status.ShouldBe("Completed");
        second.OutputAs<int>().ShouldBe(6561);
        second.Failure.ShouldBeNull();
        second.CreatedAt.ShouldBeGreaterThan(first.CreatedAt);
    }

    /// <summary>Source: StartOrchestrationOptions.StartAt: until its time an instance is pending.</summary>
    [Fact]
    public async Task Start_AtALaterTime_IsPendingUntilThen()
    {
        var due = DateTimeOffset.UtcNow.AddSeconds(2);
        var id = await target.StartAsync("RepeatSteps", Key.New("later"), startAt: due);

        (await target.FindInstanceAsync(id))!.Status.ShouldBe("Pending");
        var steps = (await target.EndOfAsync(id)).OutputAs<List<string>>();

        DateTimeOffset.Parse(steps[0].Split(' ')[3]).ShouldBeGreaterThanOrEqualTo(due.AddMilliseconds(-20));
    }

    /// <summary>Source: GrpcDurableTaskClientIntegrationTests.cs, GetInstanceMetadata_EndToEnd.</summary>
    [Fact]
    public async Task Metadata_TellsOfTheInstance()
    {
        var before = DateTimeOffset.UtcNow.AddSeconds(-1);

        var ended = await target.RunAsync("Chain", 2);

        ended.Name.ShouldBe("Chain");
        ended.Input.ShouldBe("2");
        ended.Output.ShouldBe("256");
        ended.CreatedAt.ShouldBeInRange(before, DateTimeOffset.UtcNow.AddSeconds(1));
        ended.LastUpdatedAt.ShouldBeGreaterThanOrEqualTo(ended.CreatedAt);
        ended.IsCompleted.ShouldBeTrue();
        ended.IsRunning.ShouldBeFalse();
        var bare = await target.GetJsonAsync<InstanceState>($"instances/{ended.Id}?inputs=false");
        bare.Input.ShouldBeNull();
        bare.Output.ShouldBeNull();
    }

    /// <summary>Source: Azure/azure-functions-durable-extension, GetStatus_InstanceNotFound.</summary>
    [Fact]
    public async Task Metadata_OfNoInstance_IsNone() => (await target.FindInstanceAsync(Key.New("nobody"))).ShouldBeNull();

    /// <summary>Source: OrchestrationPatterns.cs, Termination: the output is the terminator's.</summary>
    [Fact]
    public async Task Terminate_EndsTheInstanceWithTheGivenOutput()
    {
        var id = await target.StartAsync("WaitForOne", "never");
        await target.BeginningOfAsync(id);

        await target.TerminateAsync(id, new { why = "no longer wanted" });

        var ended = await target.EndOfAsync(id);
        ended.Status.ShouldBe("Terminated");
        ended.Output.ShouldBe("""{"why":"no longer wanted"}""");
    }

    /// <summary>An activity that is under way is not interrupted; what it returns is dropped. Source: docs of TerminateInstanceAsync in src/Client/Core/DurableTaskClient.cs.</summary>
    [Fact]
    public async Task Terminate_LetsARunningActivityEnd()
    {
        var key = Key.New("gate");
        var id = await target.StartAsync("WorkGated", key);
        await target.ObservationsAsync(key, seen => seen.Contains("began"));

        await target.TerminateAsync(id);
        (await target.EndOfAsync(id)).Status.ShouldBe("Terminated");
        await target.PutBlobAsync("conformance-gates", key, "open");

        (await target.ObservationsAsync(key, seen => seen.Count == 2)).ShouldBe(["began", "ended"]);
        (await target.FindInstanceAsync(id))!.Status.ShouldBe("Terminated");
    }

    /// <summary>Source: docs of TerminateInstanceOptions.Recursive.</summary>
    [Theory]
    [InlineData(true, "Terminated")]
    [InlineData(false, "Running")]
    public async Task Terminate_TakesChildrenAlongWhenTold(bool recursive, string childsStatus)
    {
        var id = await target.StartAsync("ParentOfWaiting");
        await target.InstanceAsync(id + "-child", child => child.Status == "Running");

        await target.TerminateAsync(id, recursive: recursive);

        (await target.EndOfAsync(id)).Status.ShouldBe("Terminated");
        (await target.InstanceAsync(id + "-child", child => child.Status == childsStatus)).Status.ShouldBe(childsStatus);
    }

    /// <summary>Source: GrpcDurableTaskClientIntegrationTests.cs, SuspendAndResumeInstance_EndToEnd: what reaches a held instance waits for it.</summary>
    [Fact]
    public async Task Suspend_HoldsTheInstanceUntilItIsResumed()
    {
        var id = await target.StartAsync("WaitForOne", "go");
        await target.BeginningOfAsync(id);
        await target.SuspendAsync(id);
        await target.InstanceAsync(id, found => found.Status == "Suspended");

        await target.RaiseAsync(id, "go", "while it was held");
        await Task.Delay(700);
        (await target.FindInstanceAsync(id))!.Status.ShouldBe("Suspended");
        await target.ResumeAsync(id);

        (await target.EndOfAsync(id)).OutputAs<string>().ShouldBe("while it was held");
    }

    /// <summary>Source: the same file, SuspendInstance_AlreadyCompleted_NoError and ResumeInstance_NotSuspended_NoError.</summary>
    [Fact]
    public async Task SuspendAndResume_OfWhatIsNeither_ChangeNothing()
    {
        var ended = await target.RunAsync("Chain", 2);
        var running = await target.StartAsync("WaitForOne", "go");
        await target.BeginningOfAsync(running);

        await target.SuspendAsync(ended.Id);
        await target.ResumeAsync(running);

        (await target.FindInstanceAsync(ended.Id))!.Status.ShouldBe("Completed");
        await target.RaiseAsync(running, "go", "still here");
        (await target.EndOfAsync(running)).OutputAs<string>().ShouldBe("still here");
    }

    /// <summary>Source: the same file, PurgeInstance_EndToEnd: an ended instance is gone afterwards; there is nothing to purge a second time.</summary>
    [Fact]
    public async Task Purge_RemovesAnEndedInstance()
    {
        var ended = await target.RunAsync("Chain", 2);

        (await target.PurgeAsync(ended.Id)).ShouldBe(1);

        (await target.FindInstanceAsync(ended.Id)).ShouldBeNull();
        (await target.PurgeAsync(ended.Id)).ShouldBe(0);
    }
}
