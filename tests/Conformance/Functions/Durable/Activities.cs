using Azure.Storage.Blobs;
using Microsoft.Azure.Functions.Worker;

namespace Conformance.Functions.Durable;

/// <summary>Something for an activity to write down under a key.</summary>
public sealed record Note(string Key, string Text);

/// <summary>How an activity is to fail: the first so many times, with an exception of a kind.</summary>
/// <param name="Times">Tries that fail; after them it returns how many tries there were.</param>
/// <param name="Kind"><c>operation</c>, <c>argument</c>, <c>nested</c> or <c>own</c>.</param>
public sealed record FailurePlan(string Key, int Times, string Kind = "operation");

/// <summary>An exception type that no framework knows.</summary>
public sealed class OddException(string message) : Exception(message);

/// <summary>What orchestrators call. None keeps state of its own: how often it ran stands in blobs.</summary>
public sealed class Activities(Observations observations, BlobServiceClient storage)
{
    [Function("Observe")]
    public async Task<string> Observe([ActivityTrigger] Note note)
    {
        await observations.AddAsync(note.Key, note.Text);
        return note.Text;
    }

    [Function("Square")]
    public static int Square([ActivityTrigger] int number) => number * number;

    [Function("Reverse")]
    public static string Reverse([ActivityTrigger] string text) => new([.. text.Reverse()]);

    [Function("Fail")]
    public async Task<int> Fail([ActivityTrigger] FailurePlan plan)
    {
        await observations.AddAsync(plan.Key, "try");
        var tries = (await observations.ListAsync(plan.Key)).Count;
        if (tries > plan.Times)
        {
            return tries;
        }

        throw plan.Kind switch
        {
            "argument" => new ArgumentException("no such thing"),
            "nested" => new InvalidOperationException("the outer one", new OddException("the inner one")),
            "own" => new OddException("an odd one"),
            _ => new InvalidOperationException("it did not work"),
        };
    }

    /// <summary>Works until the test puts the blob <c>conformance-gates/{key}</c>, for 30 seconds at most.</summary>
    [Function("WorkUntilReleased")]
    public async Task<string> WorkUntilReleased([ActivityTrigger] string key, CancellationToken cancellation)
    {
        await observations.AddAsync(key, "began", CancellationToken.None);
        var gate = storage.GetBlobContainerClient("conformance-gates").GetBlobClient(key);
        for (var i = 0; i < 300 && !await ExistsAsync(gate); i++)
        {
            await Task.Delay(100, cancellation);
        }

        await observations.AddAsync(key, "ended", CancellationToken.None);
        return "released";
    }

    [Function("TellInvocation")]
    public static string TellInvocation([ActivityTrigger] string input, string instanceId, FunctionContext context) =>
        $"{context.FunctionDefinition.Name} {instanceId} {input}";

    private static async Task<bool> ExistsAsync(BlobClient blob) => await blob.ExistsAsync();
}
