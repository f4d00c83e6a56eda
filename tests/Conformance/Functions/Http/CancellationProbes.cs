using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace Conformance.Functions.Http;

/// <summary>What a function learns of a caller that goes away.</summary>
public sealed class CancellationProbes(Observations observations)
{
    [Function("WorkLong")]
    public async Task<IActionResult> WorkLong([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "long/{key}/{seconds:int}")] HttpRequest request, string key, int seconds, CancellationToken cancellation)
    {
        await observations.AddAsync(key, "began", CancellationToken.None);
        try
        {
            await Task.Delay(TimeSpan.FromSeconds(seconds), cancellation);
        }
        catch (OperationCanceledException)
        {
            // The caller is gone, the function is not: it may still tidy up.
            await observations.AddAsync(key, "cancelled", CancellationToken.None);
            throw;
        }

        await observations.AddAsync(key, "finished", CancellationToken.None);
        return new OkObjectResult("finished");
    }

    [Function("WorkRegardless")]
    public async Task<IActionResult> WorkRegardless([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "regardless/{key}")] HttpRequest request, string key)
    {
        await observations.AddAsync(key, "began", CancellationToken.None);
        await Task.Delay(TimeSpan.FromSeconds(2), CancellationToken.None);
        await observations.AddAsync(key, "finished", CancellationToken.None);
        return new OkObjectResult("finished");
    }
}
