using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Conformance.Functions.Durable;

/// <summary><see cref="DurableTaskClient"/> over HTTP, call for call.</summary>
public sealed class ClientApi
{
    [Function("Start")]
    public static async Task<IActionResult> Start(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "orchestrators/{name}")] HttpRequest request, string name, [DurableClient] DurableTaskClient client, CancellationToken cancellation)
    {
        var query = request.Query;
        var startAt = query.TryGetValue("startAt", out var text) ? DateTimeOffset.Parse(text!, CultureInfo.InvariantCulture) : (DateTimeOffset?)null;
        try
        {
            var id = await client.ScheduleNewOrchestrationInstanceAsync(name, await BodyAsync(request, cancellation), new StartOrchestrationOptions(Text(query, "id"), startAt), cancellation);
            return new AcceptedResult((string?)null, new { Id = id });
        }
        catch (Exception refused) when (refused is not OperationCanceledException)
        {
            // The flavours throw different types; that they throw is what the suite is after.
            return new ConflictObjectResult(new { Error = refused.GetType().FullName, refused.Message });
        }
    }

    [Function("GetInstance")]
    public static async Task<IActionResult> Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "instances/{id}")] HttpRequest request, string id, [DurableClient] DurableTaskClient client, CancellationToken cancellation) =>
        await client.GetInstanceAsync(id, getInputsAndOutputs: Text(request.Query, "inputs") != "false", cancellation) is { } found ? new OkObjectResult(InstanceState.Of(found)) : new NotFoundResult();

    /// <summary>408 when it did not come to pass in the time given.</summary>
    [Function("WaitForInstance")]
    public static async Task<IActionResult> Wait(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "instances/{id}/{state:alpha}/{seconds:int}")] HttpRequest request,
        string id, string state, int seconds, [DurableClient] DurableTaskClient client, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(TimeSpan.FromSeconds(seconds));
        try
        {
            var found = state == "started"
                ? await client.WaitForInstanceStartAsync(id, getInputsAndOutputs: true, patience.Token)
                : await client.WaitForInstanceCompletionAsync(id, getInputsAndOutputs: true, patience.Token);
            return new OkObjectResult(InstanceState.Of(found));
        }
        catch (Exception timedOut) when (timedOut is not OutOfMemoryException && patience.IsCancellationRequested)
        {
            return new StatusCodeResult(StatusCodes.Status408RequestTimeout);
        }
    }

    [Function("RaiseEvent")]
    public static async Task<IActionResult> RaiseEvent(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "instances/{id}/events/{name}")] HttpRequest request, string id, string name, [DurableClient] DurableTaskClient client, CancellationToken cancellation)
    {
        await client.RaiseEventAsync(id, name, await BodyAsync(request, cancellation), cancellation);
        return new AcceptedResult();
    }

    [Function("Terminate")]
    public static async Task<IActionResult> Terminate(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "instances/{id}/terminate")] HttpRequest request, string id, [DurableClient] DurableTaskClient client, CancellationToken cancellation)
    {
        await client.TerminateInstanceAsync(id, new TerminateInstanceOptions(await BodyAsync(request, cancellation), Text(request.Query, "recursive") == "true"), cancellation);
        return new AcceptedResult();
    }

    [Function("Suspend")]
    public static async Task<IActionResult> Suspend(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "instances/{id}/suspend")] HttpRequest request, string id, [DurableClient] DurableTaskClient client, CancellationToken cancellation)
    {
        await client.SuspendInstanceAsync(id, "the suite says so", cancellation);
        return new AcceptedResult();
    }

    [Function("Resume")]
    public static async Task<IActionResult> Resume(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "instances/{id}/resume")] HttpRequest request, string id, [DurableClient] DurableTaskClient client, CancellationToken cancellation)
    {
        await client.ResumeInstanceAsync(id, "the suite says so", cancellation);
        return new AcceptedResult();
    }

    [Function("Purge")]
    public static async Task<IActionResult> Purge(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "instances/{id}")] HttpRequest request, string id, [DurableClient] DurableTaskClient client, CancellationToken cancellation) =>
        new OkObjectResult((await client.PurgeInstanceAsync(id, cancellation)).PurgedInstanceCount);

    [Function("PurgeMany")]
    public static async Task<IActionResult> PurgeMany(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "purge")] HttpRequest request, [DurableClient] DurableTaskClient client, CancellationToken cancellation) =>
        new OkObjectResult((await client.PurgeAllInstancesAsync(new PurgeInstancesFilter(Time(request.Query, "from"), Time(request.Query, "to"), Statuses(request.Query)), cancellation)).PurgedInstanceCount);

    /// <summary>One page: what is on it, and where the next begins.</summary>
    [Function("ListInstances")]
    public static async Task<IActionResult> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "instances")] HttpRequest request, [DurableClient] DurableTaskClient client, CancellationToken cancellation)
    {
        var query = request.Query;
        var filter = new OrchestrationQuery
        {
            CreatedFrom = Time(query, "from"),
            CreatedTo = Time(query, "to"),
            Statuses = Statuses(query),
            InstanceIdPrefix = Text(query, "prefix"),
            PageSize = int.Parse(Text(query, "pageSize") ?? "100", CultureInfo.InvariantCulture),
            FetchInputsAndOutputs = Text(query, "inputs") == "true",
        };
        await foreach (var page in client.GetAllInstancesAsync(filter).AsPages(Text(query, "token")).WithCancellation(cancellation))
        {
            return new OkObjectResult(new { Items = page.Values.Select(InstanceState.Of).ToArray(), Token = page.ContinuationToken });
        }

        return new OkObjectResult(new { Items = Array.Empty<InstanceState>(), Token = (string?)null });
    }

    private static async Task<object?> BodyAsync(HttpRequest request, CancellationToken cancellation)
    {
        var text = await new StreamReader(request.Body).ReadToEndAsync(cancellation);
        return text.Length == 0 ? null : JsonSerializer.Deserialize<JsonElement>(text);
    }

    private static string? Text(IQueryCollection query, string name) => query.TryGetValue(name, out var value) ? value.ToString() : null;

    private static DateTimeOffset? Time(IQueryCollection query, string name) =>
        Text(query, name) is { } text ? DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal) : null;

    private static OrchestrationRuntimeStatus[]? Statuses(IQueryCollection query) =>
        Text(query, "statuses") is { } text ? [.. text.Split(',').Select(Enum.Parse<OrchestrationRuntimeStatus>)] : null;
}

/// <summary>What <see cref="OrchestrationMetadata"/> says, as JSON.</summary>
public sealed record InstanceState(
    string Id, string Name, string Status, DateTimeOffset CreatedAt, DateTimeOffset LastUpdatedAt, string? Input, string? Output, string? CustomStatus, FailureState? Failure, bool IsRunning, bool IsCompleted)
{
    public static InstanceState Of(OrchestrationMetadata found) => new(
        found.InstanceId, found.Name, found.RuntimeStatus.ToString(), found.CreatedAt, found.LastUpdatedAt,
        found.SerializedInput, found.SerializedOutput, found.SerializedCustomStatus, FailureState.Of(found.FailureDetails), found.IsRunning, found.IsCompleted);
}

/// <summary>What <see cref="TaskFailureDetails"/> says, as JSON.</summary>
public sealed record FailureState(string Type, string Message, bool HasStack, FailureState? Inner)
{
    public static FailureState? Of(TaskFailureDetails? failure) =>
        failure is null ? null : new(failure.ErrorType, failure.ErrorMessage, !string.IsNullOrEmpty(failure.StackTrace), Of(failure.InnerFailure));
}
