using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace HostBenchmark;

/// <summary>Starts orchestrations and answers how long they took: HTTP is not what is timed here.</summary>
public static class RunOrchestrations
{
    private sealed record Timing(double Milliseconds);

    private sealed record Memory(long ManagedBytes, long ResidentBytes);

    /// <summary>
    /// <c>POST /orchestrations/{name}?instances=&amp;input=</c>: from the first start to the last end. 500 when a result
    /// is not <c>input</c>, which is what each of them returns.
    /// </summary>
    [Function(nameof(RunOrchestrations))]
    public static async Task<IResult> Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "orchestrations/{name}")] HttpRequest request,
        string name,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellation)
    {
        var (instances, input) = (Number(request, "instances"), Number(request, "input"));
        var began = Stopwatch.GetTimestamp();
        var ended = await Task.WhenAll(Enumerable.Range(0, instances).Select(async _ =>
        {
            var id = await client.ScheduleNewOrchestrationInstanceAsync(name, input, cancellation);
            return await client.WaitForInstanceCompletionAsync(id, getInputsAndOutputs: true, cancellation);
        }));
        var took = Stopwatch.GetElapsedTime(began);
        var wrong = ended.FirstOrDefault(instance => instance.RuntimeStatus != OrchestrationRuntimeStatus.Completed || instance.ReadOutputAs<int>() != input);
        return wrong is null
            ? Results.Json(new Timing(took.TotalMilliseconds))
            : throw new InvalidOperationException($"{name} ended as {wrong.RuntimeStatus}: {wrong.SerializedOutput}");
    }

    /// <summary><c>POST /idle?instances=</c>: opens that many, <c>idle-0</c> and on, and answers when all of them wait.</summary>
    [Function(nameof(OpenIdle))]
    public static async Task<IResult> OpenIdle(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "idle")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellation)
    {
        var began = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Number(request, "instances")).Select(async i =>
        {
            var id = await client.ScheduleNewOrchestrationInstanceAsync(nameof(Orchestrations.Idle), null, new($"idle-{i}"), cancellation);
            await client.WaitForInstanceStartAsync(id, cancellation);
        }));
        return Results.Json(new Timing(Stopwatch.GetElapsedTime(began).TotalMilliseconds));
    }

    /// <summary><c>POST /idle/{id}/wake</c>: answers when that instance has ended.</summary>
    [Function(nameof(WakeIdle))]
    public static async Task<IResult> WakeIdle(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "idle/{id}/wake")] HttpRequest request,
        string id,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellation)
    {
        var began = Stopwatch.GetTimestamp();
        await client.RaiseEventAsync(id, Orchestrations.WakeEvent, 1, cancellation);
        await client.WaitForInstanceCompletionAsync(id, cancellation);
        return Results.Json(new Timing(Stopwatch.GetElapsedTime(began).TotalMilliseconds));
    }

    /// <summary><c>GET /memory</c>, after a full collection.</summary>
    [Function(nameof(GetMemory))]
    public static IResult GetMemory([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "memory")] HttpRequest request)
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        GC.Collect();
        using var process = Process.GetCurrentProcess();
        return Results.Json(new Memory(GC.GetTotalMemory(forceFullCollection: false), process.WorkingSet64));
    }

    private static int Number(HttpRequest request, string name) => int.Parse(request.Query[name].ToString(), System.Globalization.CultureInfo.InvariantCulture);
}
