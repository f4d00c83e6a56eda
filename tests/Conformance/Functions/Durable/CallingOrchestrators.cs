using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace Conformance.Functions.Durable;

/// <summary>Calls of activities and of other orchestrators, in sequence and side by side.</summary>
public sealed class CallingOrchestrators
{
    public sealed record Family(string Id, string? ParentId, string? ParentName, string Name, string Said);

    [Function("Chain")]
    public static async Task<int> Chain([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var number = context.GetInput<int>();
        number = await context.CallActivityAsync<int>("Square", number);
        number = await context.CallActivityAsync<int>("Square", number);
        return await context.CallActivityAsync<int>("Square", number);
    }

    /// <summary>Results stand in the order of the calls, whatever the order of the ends.</summary>
    [Function("FanOut")]
    public static async Task<int[]> FanOut([OrchestrationTrigger] TaskOrchestrationContext context) =>
        await Task.WhenAll(Enumerable.Range(0, context.GetInput<int>()).Select(number => context.CallActivityAsync<int>("Square", number)));

    [Function("EchoLarge")]
    public static async Task<string> EchoLarge([OrchestrationTrigger] TaskOrchestrationContext context) =>
        await context.CallActivityAsync<string>("Reverse", context.GetInput<string>());

    [Function("InputAsParameter")]
    public static string InputAsParameter([OrchestrationTrigger] TaskOrchestrationContext context, Note note) => $"{context.Name} {note.Key} {note.Text}";

    [Function("AskActivityAboutItself")]
    public static Task<string> AskActivityAboutItself([OrchestrationTrigger] TaskOrchestrationContext context) =>
        context.CallActivityAsync<string>("TellInvocation", "input");

    [Function("Child")]
    public static async Task<Family> Child([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var said = await context.CallActivityAsync<string>("Reverse", context.GetInput<string>());
        return new Family(context.InstanceId, context.Parent?.InstanceId, context.Parent?.Name.Name, context.Name.Name, said);
    }

    /// <summary>Calls one child with an id of its own choice and one without.</summary>
    [Function("Parent")]
    public static async Task<Family[]> Parent([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var named = context.CallSubOrchestratorAsync<Family>("Child", "abc", new TaskOptions().WithInstanceId(context.InstanceId + "-child"));
        var unnamed = context.CallSubOrchestratorAsync<Family>("Child", "def");
        return await Task.WhenAll(named, unnamed);
    }

    [Function("ParentOfWaiting")]
    public static Task<string> ParentOfWaiting([OrchestrationTrigger] TaskOrchestrationContext context) =>
        context.CallSubOrchestratorAsync<string>("WaitForOne", "go", new TaskOptions().WithInstanceId(context.InstanceId + "-child"));

    [Function("ReportProgress")]
    public static async Task<string> ReportProgress([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        context.SetCustomStatus(new { Step = 1, Of = 2 });
        await context.WaitForExternalEvent<string>("next");
        context.SetCustomStatus(new { Step = 2, Of = 2 });
        return "done";
    }

    [Function("WorkGated")]
    public static Task<string> WorkGated([OrchestrationTrigger] TaskOrchestrationContext context) =>
        context.CallActivityAsync<string>("WorkUntilReleased", context.GetInput<string>());

    /// <summary>One activity that ends, then one that is under way when the test ends the process.</summary>
    [Function("WorkGatedAfterAnother")]
    public static async Task<string> WorkGatedAfterAnother([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var key = context.GetInput<string>()!;
        await context.CallActivityAsync<string>("Observe", new Note(key + "-before", "ran"));
        await context.CallActivityAsync<string>("WorkUntilReleased", key);
        return await context.CallActivityAsync<string>("Observe", new Note(key + "-after", "ran"));
    }
}
