using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace HostBenchmark;

/// <summary>The shapes that are timed. Their activity does next to nothing: what is measured is the engine.</summary>
public static class Orchestrations
{
    /// <summary>The name of the event that <see cref="Idle"/> waits for.</summary>
    public const string WakeEvent = "wake";

    /// <summary>Input: how many activities, one after the other.</summary>
    [Function(nameof(Sequence))]
    public static async Task<int> Sequence([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var sum = 0;
        for (var i = context.GetInput<int>(); i > 0; i--)
        {
            sum = await context.CallActivityAsync<int>(nameof(AddOne), sum);
        }

        return sum;
    }

    /// <summary>Input: how many activities at once.</summary>
    [Function(nameof(FanOut))]
    public static async Task<int> FanOut([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var results = await Task.WhenAll(Enumerable.Range(0, context.GetInput<int>()).Select(_ => context.CallActivityAsync<int>(nameof(AddOne), 0)));
        return results.Sum();
    }

    /// <summary>Stays open until somebody sends <see cref="WakeEvent"/>.</summary>
    [Function(nameof(Idle))]
    public static Task<int> Idle([OrchestrationTrigger] TaskOrchestrationContext context) => context.WaitForExternalEvent<int>(WakeEvent);

    [Function(nameof(AddOne))]
    public static int AddOne([ActivityTrigger] int value) => value + 1;
}
