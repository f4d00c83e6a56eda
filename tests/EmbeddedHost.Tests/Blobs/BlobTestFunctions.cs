using Azure.Storage.Blobs;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Portico.EmbeddedHost.Tests.Hosting;

namespace Portico.EmbeddedHost.Tests.Blobs;

public sealed class BlobTestFunctions(Seen seen)
{
    /// <summary>Content decides what happens: <c>fail…</c> throws, <c>wait…</c> waits for the gate.</summary>
    [Function("Ingest")]
    public async Task Ingest([BlobTrigger("uploads/{project}/{asset}/source")] string content, string project, string asset, FunctionContext context)
    {
        seen.Add($"{project}/{asset}: {content}");
        if (content.StartsWith("fail", StringComparison.Ordinal))
        {
            throw new InvalidDataException("cannot read it");
        }

        if (content.StartsWith("wait", StringComparison.Ordinal))
        {
            await seen.Gate.Task.WaitAsync(context.CancellationToken);
        }

        seen.Add($"{project}/{asset} done");
    }

    [Function("MeasureStream")]
    public async Task MeasureStream([BlobTrigger("streams/{name}.{extension}")] Stream content, string name, string extension)
    {
        var buffer = new MemoryStream();
        await content.CopyToAsync(buffer);
        seen.Add($"{name} {extension} {buffer.Length}");
    }

    [Function("StartOrchestration")]
    public Task StartOrchestration([BlobTrigger("orders/{id}")] BlobClient blob, string id, [DurableClient] DurableTaskClient client) =>
        client.ScheduleNewOrchestrationInstanceAsync("Order", new OrderInput(id, 3), new StartOrchestrationOptions(id));

    [Function("Order")]
    public static async Task<int> Order([OrchestrationTrigger] TaskOrchestrationContext context, OrderInput input)
    {
        var costs = await Task.WhenAll(Enumerable.Range(1, input.Pieces).Select(piece => context.CallActivityAsync<int>("Price", piece)));
        await context.CreateTimer(TimeSpan.FromMilliseconds(20), CancellationToken.None);
        return costs.Sum();
    }

    [Function("Price")]
    public int Price([ActivityTrigger] int piece, string instanceId, FunctionContext context)
    {
        seen.Add($"priced {piece} for {instanceId} in {context.FunctionDefinition.Name}");
        return piece * 10;
    }
}

public sealed record OrderInput(string Id, int Pieces);
