using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace CrashWorkload;

/// <summary>How an instance stands.</summary>
/// <param name="Output">As JSON, null for none.</param>
public sealed record InstanceState(string Status, string? Output);

/// <summary>Starts, steers and shows orchestrations. What is answered with success has happened and stays so.</summary>
public sealed class Steering
{
    /// <summary>202 when it was started, 200 when there was one of this id: the answer to a start may have been lost.</summary>
    [Function(nameof(Start))]
    public async Task<IResult> Start(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "instances/{id}/start/{pattern}/{value:long}")] HttpRequest request,
        string id, string pattern, long value, [DurableClient] DurableTaskClient client)
    {
        if (await client.GetInstanceAsync(id) is not null)
        {
            return Results.Ok();
        }

        object input = pattern == nameof(Patterns.Renewal) ? new Generation(0, value) : value;
        await client.ScheduleNewOrchestrationInstanceAsync(pattern, input, new StartOrchestrationOptions(id));
        return Results.Accepted();
    }

    [Function(nameof(Show))]
    public async Task<IResult> Show([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "instances/{id}")] HttpRequest request, string id, [DurableClient] DurableTaskClient client) =>
        await client.GetInstanceAsync(id, getInputsAndOutputs: true) is { } found
            ? Results.Ok(new InstanceState(found.RuntimeStatus.ToString(), found.SerializedOutput))
            : Results.NotFound();

    [Function(nameof(Raise))]
    public async Task<IResult> Raise(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "instances/{id}/events/{name}/{value:long}")] HttpRequest request,
        string id, string name, long value, [DurableClient] DurableTaskClient client)
    {
        await client.RaiseEventAsync(id, name, value);
        return Results.Accepted();
    }

    [Function(nameof(Suspend))]
    public async Task<IResult> Suspend([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "instances/{id}/suspend")] HttpRequest request, string id, [DurableClient] DurableTaskClient client)
    {
        await client.SuspendInstanceAsync(id);
        return Results.Accepted();
    }

    [Function(nameof(Resume))]
    public async Task<IResult> Resume([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "instances/{id}/resume")] HttpRequest request, string id, [DurableClient] DurableTaskClient client)
    {
        await client.ResumeInstanceAsync(id);
        return Results.Accepted();
    }

    [Function(nameof(Terminate))]
    public async Task<IResult> Terminate([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "instances/{id}/terminate")] HttpRequest request, string id, [DurableClient] DurableTaskClient client)
    {
        await client.TerminateInstanceAsync(id);
        return Results.Accepted();
    }
}
