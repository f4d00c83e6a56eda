using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace Conformance.Functions.Durable;

/// <summary>What must be the same at every replay, and what must not be awaited.</summary>
public sealed class DeterminismOrchestrators
{
    /// <summary>What an orchestrator computed in one step; the same text goes out through an activity.</summary>
    private static string Step(TaskOrchestrationContext context, int number) => $"{number} {context.NewGuid()} {context.NewGuid()} {context.CurrentUtcDateTime:O}";

    /// <summary>Writes each step down as it is first taken, and returns what the last replay made of all of them.</summary>
    [Function("RepeatSteps")]
    public static async Task<List<string>> RepeatSteps([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var key = context.GetInput<string>()!;
        var steps = new List<string>();
        for (var number = 0; number < 4; number++)
        {
            steps.Add(Step(context, number));
            await context.CallActivityAsync<string>("Observe", new Note(key, steps[^1]));
            await context.CreateTimer(TimeSpan.FromMilliseconds(20), CancellationToken.None);
        }

        return steps;
    }

    /// <summary>As <see cref="RepeatSteps"/>, with a wait in the middle for the test to end the process in.</summary>
    [Function("StepsAroundAnEvent")]
    public static async Task<List<string>> StepsAroundAnEvent([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var key = context.GetInput<string>()!;
        var steps = new List<string> { Step(context, 0) };
        await context.CallActivityAsync<string>("Observe", new Note(key, steps[0]));
        steps.Add(await context.WaitForExternalEvent<string>("go"));
        steps.Add(Step(context, 1));
        await context.CallActivityAsync<string>("Observe", new Note(key, steps[2]));
        return steps;
    }

    /// <summary>Counts how often its code was entered while not replaying.</summary>
    [Function("TellReplaying")]
    public static async Task<bool[]> TellReplaying([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        await context.CallActivityAsync<int>("Square", 2);
        var afterFirst = context.IsReplaying;
        await context.CallActivityAsync<int>("Square", 3);
        return [afterFirst, context.IsReplaying];
    }

    [Function("AwaitSomethingForeign")]
    public static async Task<string> AwaitSomethingForeign([OrchestrationTrigger] TaskOrchestrationContext context)
    {
#pragma warning disable DURABLE0003 // The official analyzer warns of just this, and is right.
        await Task.Delay(200);
#pragma warning restore DURABLE0003
        return "should not come here";
    }

    /// <summary>Clock before and after a durable timer, and the time asked for.</summary>
    [Function("Sleep")]
    public static async Task<DateTime[]> Sleep([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var began = context.CurrentUtcDateTime;
        var due = began.AddMilliseconds(context.GetInput<int>());
        await context.CreateTimer(due, CancellationToken.None);
        return [began, due, context.CurrentUtcDateTime];
    }

    [Function("CancelTimer")]
    public static async Task<string> CancelTimer([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        using var cancellation = new CancellationTokenSource();
        var never = context.CreateTimer(TimeSpan.FromHours(1), cancellation.Token);
        var soon = context.CreateTimer(TimeSpan.FromMilliseconds(50), CancellationToken.None);
        var first = await Task.WhenAny(never, soon);
        cancellation.Cancel();
        try
        {
            await never;
            return "the cancelled timer fired";
        }
        catch (TaskCanceledException)
        {
            return first == soon ? "cancelled" : "the wrong one came first";
        }
    }
}
