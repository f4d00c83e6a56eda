using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace CrashWorkload;

/// <summary>
/// An orchestration of every pattern. What each returns follows from its input and the events alone, never from ids, times
/// or how often anything ran: so a disturbed run can be compared with an undisturbed one.
/// </summary>
public static class Patterns
{
    private static readonly TaskOptions Stubborn = TaskOptions.FromRetryPolicy(new RetryPolicy(10, TimeSpan.FromMilliseconds(20), backoffCoefficient: 1.5));
    private static readonly TaskOptions Brief = TaskOptions.FromRetryPolicy(new RetryPolicy(3, TimeSpan.FromMilliseconds(20)));

    /// <summary>Which events end which pattern, in the order in which it waits for them.</summary>
    public static IReadOnlyList<string> EventsOf(string pattern) => pattern switch
    {
        nameof(Events) => ["one", "two", "three"],
        nameof(Renewal) => ["carried"],
        nameof(Paused) => ["go"],
        _ => [],
    };

    [Function(nameof(Sequence))]
    public static async Task<long> Sequence([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var value = context.GetInput<long>();
        for (var stage = 1; stage <= 6; stage++)
        {
            context.SetCustomStatus(stage);
            value = await Compute(context, stage, value);
        }

        return value;
    }

    [Function(nameof(FanOut))]
    public static async Task<long> FanOut([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var value = context.GetInput<long>();
        var parts = await Task.WhenAll(Enumerable.Range(0, 8).Select(part => Compute(context, 1, value + part)));
        return await Compute(context, 2, parts.Sum());
    }

    /// <summary>Sub-orchestrations with and without an id of their own, one of which fails.</summary>
    [Function(nameof(Nested))]
    public static async Task<string> Nested([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var value = context.GetInput<long>();
        var children = await Task.WhenAll(
            context.CallSubOrchestratorAsync<long>(nameof(Sequence), value, new SubOrchestrationOptions(instanceId: $"{context.InstanceId}.a")),
            context.CallSubOrchestratorAsync<long>(nameof(FanOut), value, new SubOrchestrationOptions(instanceId: $"{context.InstanceId}.b")),
            context.CallSubOrchestratorAsync<long>(nameof(Timers), value));
        try
        {
            await context.CallSubOrchestratorAsync<long>(nameof(GivesUp), value, new SubOrchestrationOptions(instanceId: $"{context.InstanceId}.c"));
            return "the child did not fail";
        }
        catch (TaskFailedException failure)
        {
            return $"{await Compute(context, 1, children.Sum())} after {failure.FailureDetails.ErrorMessage}";
        }
    }

    [Function(nameof(GivesUp))]
    public static Task<long> GivesUp([OrchestrationTrigger] TaskOrchestrationContext context) =>
        context.CallActivityAsync<long>(nameof(Steps.Hopeless), new Step(1, context.GetInput<long>()), Brief);

    [Function(nameof(Events))]
    public static async Task<long> Events([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var value = context.GetInput<long>();
        var stage = 0;
        foreach (var name in EventsOf(nameof(Events)))
        {
            value = await Compute(context, ++stage, value + await context.WaitForExternalEvent<long>(name));
        }

        return value;
    }

    [Function(nameof(Timers))]
    public static async Task<long> Timers([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var value = context.GetInput<long>();
        for (var stage = 1; stage <= 3; stage++)
        {
            await context.CreateTimer(TimeSpan.FromMilliseconds(60 * stage), CancellationToken.None);
            value = await Compute(context, stage, value);
        }

        try
        {
            return await context.WaitForExternalEvent<long>("never", TimeSpan.FromMilliseconds(100));
        }
        catch (TaskCanceledException)
        {
            return await Compute(context, 4, value);
        }
    }

    /// <summary>Continue-as-new, five times; an event that came early is carried to the last.</summary>
    [Function(nameof(Renewal))]
    public static async Task<long> Renewal([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var (generation, value) = context.GetInput<Generation>() is { Number: > 0 } next ? next : new Generation(1, context.GetInput<Generation>()!.Value);
        value = await Compute(context, generation, value);
        if (generation < 5)
        {
            context.ContinueAsNew(new Generation(generation + 1, value));
            return 0;
        }

        return await Compute(context, 6, value + await context.WaitForExternalEvent<long>("carried"));
    }

    [Function(nameof(Retries))]
    public static async Task<string> Retries([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var value = await context.CallActivityAsync<long>(nameof(Steps.Flaky), new Step(1, context.GetInput<long>()), Stubborn);
        try
        {
            await context.CallActivityAsync<long>(nameof(Steps.Hopeless), new Step(2, value), Brief);
            return "it did not fail";
        }
        catch (TaskFailedException failure)
        {
            return $"{await Compute(context, 3, value)} after {failure.FailureDetails.ErrorMessage}";
        }
    }

    /// <summary>Is suspended, told to go on, and resumed.</summary>
    [Function(nameof(Paused))]
    public static async Task<long> Paused([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var value = await Compute(context, 1, context.GetInput<long>());
        return await Compute(context, 2, value + await context.WaitForExternalEvent<long>("go"));
    }

    /// <summary>Waits until it is terminated.</summary>
    [Function(nameof(Endless))]
    public static async Task<long> Endless([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        await Compute(context, 1, context.GetInput<long>());
        return await context.WaitForExternalEvent<long>("never");
    }

    /// <summary>The names of those that clients start.</summary>
    public static IReadOnlyList<string> All { get; } =
        [nameof(Sequence), nameof(FanOut), nameof(Nested), nameof(Events), nameof(Timers), nameof(Renewal), nameof(Retries), nameof(Paused), nameof(Endless)];

    private static Task<long> Compute(TaskOrchestrationContext context, int stage, long value) =>
        context.CallActivityAsync<long>(nameof(Steps.Compute), new Step(stage, value));
}

/// <summary>Input of <see cref="Patterns.Renewal"/>; generation 0 is what a client starts.</summary>
public sealed record Generation(int Number, long Value);
