using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace Conformance.Functions.Durable;

/// <summary>How failures travel, and what is tried again.</summary>
public sealed class FailingOrchestrators
{
    /// <param name="Attempts">Calls at most.</param>
    /// <param name="IntervalMs">Wait before the first retry.</param>
    /// <param name="OnlyOperation">Whether only InvalidOperationException is worth a retry.</param>
    public sealed record Retrying(FailurePlan Plan, int Attempts, int IntervalMs = 20, double Coefficient = 1, bool OnlyOperation = false);

    public sealed record Caught(string TaskName, string Type, string Message, string? InnerType, bool IsOperation, bool IsArgument, bool IsAny);

    [Function("FailByActivity")]
    public static Task<int> FailByActivity([OrchestrationTrigger] TaskOrchestrationContext context) =>
        context.CallActivityAsync<int>("Fail", context.GetInput<FailurePlan>());

    [Function("FailByItself")]
    public static string FailByItself([OrchestrationTrigger] TaskOrchestrationContext context) => throw new OddException("by itself");

    [Function("FailByChild")]
    public static Task<string> FailByChild([OrchestrationTrigger] TaskOrchestrationContext context) => context.CallSubOrchestratorAsync<string>("FailByItself");

    [Function("CatchFailure")]
    public static async Task<Caught> CatchFailure([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        try
        {
            await context.CallActivityAsync<int>("Fail", context.GetInput<FailurePlan>());
            throw new InvalidOperationException("The activity did not fail.");
        }
        catch (TaskFailedException failed)
        {
            var details = failed.FailureDetails;
            return new Caught(
                failed.TaskName, details.ErrorType, details.ErrorMessage, details.InnerFailure?.ErrorType,
                details.IsCausedBy<InvalidOperationException>(), details.IsCausedBy<ArgumentException>(), details.IsCausedBy<Exception>());
        }
    }

    /// <summary>The undo of what was done runs after the failure.</summary>
    [Function("Compensate")]
    public static async Task<string> Compensate([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var key = context.GetInput<string>()!;
        await context.CallActivityAsync<string>("Observe", new Note(key, "done"));
        try
        {
            await context.CallActivityAsync<int>("Fail", new FailurePlan(key + "-failing", 9));
        }
        catch (TaskFailedException)
        {
            await context.CallActivityAsync<string>("Observe", new Note(key, "undone"));
        }

        return "compensated";
    }

    [Function("CallMissingActivity")]
    public static Task<string> CallMissingActivity([OrchestrationTrigger] TaskOrchestrationContext context) =>
        context.CallActivityAsync<string>("NobodyHasThis", "input", TaskOptions.FromRetryPolicy(new RetryPolicy(3, TimeSpan.FromSeconds(20))));

    [Function("RetryByPolicy")]
    public static async Task<int> RetryByPolicy([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var retrying = context.GetInput<Retrying>()!;
        var policy = new RetryPolicy(retrying.Attempts, TimeSpan.FromMilliseconds(retrying.IntervalMs), retrying.Coefficient)
        {
            HandleFailure = failure => !retrying.OnlyOperation || failure.IsCausedBy<InvalidOperationException>(),
        };
        return await context.CallActivityAsync<int>("Fail", retrying.Plan, TaskOptions.FromRetryPolicy(policy));
    }

    [Function("RetryByHandler")]
    public static async Task<int> RetryByHandler([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var retrying = context.GetInput<Retrying>()!;
        return await context.CallActivityAsync<int>("Fail", retrying.Plan, TaskOptions.FromRetryHandler(
            failed => failed.LastFailure.IsCausedBy<InvalidOperationException>() && failed.LastAttemptNumber < retrying.Attempts));
    }

    /// <summary>A handler that waits by a durable timer before it says yes.</summary>
    [Function("RetryByPatientHandler")]
    public static async Task<int> RetryByPatientHandler([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var retrying = context.GetInput<Retrying>()!;
        AsyncRetryHandler handler = async failed =>
        {
            await failed.OrchestrationContext.CreateTimer(TimeSpan.FromMilliseconds(retrying.IntervalMs), CancellationToken.None);
            return failed.LastAttemptNumber < retrying.Attempts;
        };
        return await context.CallActivityAsync<int>("Fail", retrying.Plan, TaskOptions.FromRetryHandler(handler));
    }

    [Function("RetryChild")]
    public static Task<int> RetryChild([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var retrying = context.GetInput<Retrying>()!;
        return context.CallSubOrchestratorAsync<int>(
            "FailByActivity", retrying.Plan, TaskOptions.FromRetryPolicy(new RetryPolicy(retrying.Attempts, TimeSpan.FromMilliseconds(retrying.IntervalMs))));
    }
}
