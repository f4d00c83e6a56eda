namespace Conformance.Durable;

/// <summary>How failures travel. Sources in microsoft/durabletask-dotnet, test/Grpc.IntegrationTests/OrchestrationErrorHandling.cs, unless said otherwise.</summary>
public sealed class FailureTests(Target target)
{
    private sealed record Caught(string TaskName, string Type, string Message, string? InnerType, bool IsOperation, bool IsArgument, bool IsAny);

    /// <summary>
    /// An activity's exception that nobody catches fails its orchestration by a TaskFailedException that names the task, with the
    /// exception as its inner failure. Source: UnhandledActivityException.
    /// </summary>
    [Fact]
    public async Task ActivityFailure_Uncaught_FailsTheOrchestration()
    {
        var ended = await target.RunAsync("FailByActivity", new { Key = Key.New("fail"), Times = 9, Kind = "operation" });

        ended.Status.ShouldBe("Failed");
        ended.IsCompleted.ShouldBeTrue();
        var failure = ended.Failure!;
        failure.Type.ShouldBe("Microsoft.DurableTask.TaskFailedException");
        failure.Message.ShouldContain("'Fail' (#0)");
        failure.Message.ShouldContain("it did not work");
        failure.HasStack.ShouldBeTrue();
        failure.Inner!.Type.ShouldBe("System.InvalidOperationException");
        failure.Inner.Message.ShouldBe("it did not work");
    }

    /// <summary>
    /// Source: InnerExceptionDetailsArePreserved. Azure's host of 2024 rebuilt an activity's failure from text and so lost
    /// what was inside it (Azure/azure-functions-durable-extension, src/WebJobs.Extensions.DurableTask/OutOfProcMiddleware.cs,
    /// GetFailureDetails); later versions may keep it. Where it is there, it is right.
    /// </summary>
    [Fact]
    [Trait("Differs", "the cause inside an activity's exception: kept embedded, may be lost in Azure")]
    public async Task ActivityFailure_WithACause_KeepsIt()
    {
        var caught = (await target.RunAsync("CatchFailure", new { Key = Key.New("fail"), Times = 9, Kind = "nested" })).OutputAs<Caught>();

        caught.Type.ShouldBe("System.InvalidOperationException");
        caught.Message.ShouldBe("the outer one");
        if (target.Flavour == Flavour.Embedded || caught.InnerType is not null)
        {
            caught.InnerType.ShouldBe("Conformance.Functions.Durable.OddException");
        }
    }

    /// <summary>Source: CatchingActivityExceptionsByType (OrchestrationPatterns.cs): IsCausedBy honours inheritance and does not confuse types.</summary>
    [Theory]
    [InlineData("operation", "System.InvalidOperationException", true, false)]
    [InlineData("argument", "System.ArgumentException", false, true)]
    [InlineData("own", "Conformance.Functions.Durable.OddException", false, false)]
    public async Task ActivityFailure_Caught_TellsItsType(string kind, string type, bool isOperation, bool isArgument)
    {
        var caught = (await target.RunAsync("CatchFailure", new { Key = Key.New("fail"), Times = 9, Kind = kind })).OutputAs<Caught>();

        caught.TaskName.ShouldBe("Fail");
        caught.Type.ShouldBe(type);
        caught.IsOperation.ShouldBe(isOperation);
        caught.IsArgument.ShouldBe(isArgument);
        caught.IsAny.ShouldBeTrue();
    }

    /// <summary>Source: UnhandledOrchestratorException: its own exception is the failure itself, not wrapped.</summary>
    [Fact]
    public async Task OrchestratorFailure_IsTheExceptionItself()
    {
        var failure = (await target.RunAsync("FailByItself")).Failure!;

        failure.Type.ShouldBe("Conformance.Functions.Durable.OddException");
        failure.Message.ShouldBe("by itself");
        failure.HasStack.ShouldBeTrue();
    }

    /// <summary>Source: ValidateInnermostFailureDetailsChain: from the parent down to the cause, a level each.</summary>
    [Fact]
    public async Task ChildFailure_ReachesTheParentWithItsCause()
    {
        var failure = (await target.RunAsync("FailByChild")).Failure!;

        failure.Type.ShouldBe("Microsoft.DurableTask.TaskFailedException");
        failure.Message.ShouldContain("'FailByItself'");
        failure.Inner!.Type.ShouldBe("Conformance.Functions.Durable.OddException");
        failure.Inner.Message.ShouldBe("by itself");
    }

    /// <summary>Source: Azure/azure-functions-durable-extension, HandledActivityException: what stands after a caught failure runs.</summary>
    [Fact]
    public async Task Failure_Caught_LetsTheOrchestratorUndo()
    {
        var key = Key.New("undo");

        (await target.RunAsync("Compensate", key)).OutputAs<string>().ShouldBe("compensated");

        (await target.ObservationsAsync(key)).ShouldBe(["done", "undone"]);
    }

    /// <summary>Source: TaskNotFoundErrorsAreNotRetried: a policy with 20 s between attempts must not be waited for.</summary>
    [Fact]
    public async Task Activity_ThatDoesNotExist_FailsAtOnceAndIsNotRetried()
    {
        var began = DateTime.UtcNow;

        var ended = await target.RunAsync("CallMissingActivity");

        ended.Status.ShouldBe("Failed");
        (DateTime.UtcNow - began).ShouldBeLessThan(TimeSpan.FromSeconds(20));
    }
}
