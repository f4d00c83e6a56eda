using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace Conformance.Functions.Durable;

/// <summary>External events, and going on as new.</summary>
public sealed class EventOrchestrators
{
    public sealed record Gathered(int Wanted, List<string> SoFar);

    [Function("WaitForOne")]
    public static Task<string> WaitForOne([OrchestrationTrigger] TaskOrchestrationContext context) => context.WaitForExternalEvent<string>(context.GetInput<string>()!);

    /// <summary>Takes events of one name one after the other; the input says how many.</summary>
    [Function("WaitInTurn")]
    public static async Task<List<string>> WaitInTurn([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var received = new List<string>();
        for (var i = context.GetInput<int>(); i > 0; i--)
        {
            received.Add(await context.WaitForExternalEvent<string>("item"));
        }

        return received;
    }

    /// <summary>Looks for its event only after a timer: events that came earlier must have been kept.</summary>
    [Function("WaitLate")]
    public static async Task<List<string>> WaitLate([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        await context.CreateTimer(TimeSpan.FromMilliseconds(context.GetInput<int>()), CancellationToken.None);
        return [await context.WaitForExternalEvent<string>("item"), await context.WaitForExternalEvent<string>("item")];
    }

    /// <summary>Two waiters at once for one name; returns what the older and the newer one received.</summary>
    [Function("WaitTwice")]
    public static async Task<string[]> WaitTwice([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var older = context.WaitForExternalEvent<string>("item");
        var newer = context.WaitForExternalEvent<string>("item");
        context.SetCustomStatus("waiting");
        return [await older, await newer];
    }

    [Function("WaitForEither")]
    public static async Task<string> WaitForEither([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var left = context.WaitForExternalEvent<string>("left");
        var right = context.WaitForExternalEvent<string>("right");
        var first = await Task.WhenAny(left, right);
        return first == left ? "left " + await left : "right " + await right;
    }

    [Function("WaitWithPatience")]
    public static async Task<string> WaitWithPatience([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        try
        {
            return await context.WaitForExternalEvent<string>("item", TimeSpan.FromMilliseconds(context.GetInput<int>()));
        }
        catch (OperationCanceledException)
        {
            return "gave up";
        }
    }

    [Function("SendToOther")]
    public static string SendToOther([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        context.SendEvent(context.GetInput<string>()!, "go", "from " + context.InstanceId);
        return "sent";
    }

    /// <summary>Counts its input down to nothing, an execution for each number.</summary>
    [Function("CountDown")]
    public static async Task<string> CountDown([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var left = context.GetInput<int>();
        await context.CallActivityAsync<int>("Square", left);
        if (left > 0)
        {
            context.ContinueAsNew(left - 1);
            return "this is dropped";
        }

        return "at nothing";
    }

    /// <summary>An event for each execution; those that come meanwhile must reach the next.</summary>
    [Function("GatherAcrossExecutions")]
    public static async Task<List<string>> GatherAcrossExecutions([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var gathered = context.GetInput<Gathered>()!;
        gathered.SoFar.Add(await context.WaitForExternalEvent<string>("item"));
        if (gathered.SoFar.Count < gathered.Wanted)
        {
            context.ContinueAsNew(gathered);
        }

        return gathered.SoFar;
    }
}
