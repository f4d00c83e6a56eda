using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace Conformance.Functions;

/// <summary>
/// What functions saw, one small blob each under a key that a test makes up: it outlives the process, and tests that
/// run at the same time do not see each other's.
/// </summary>
public sealed class Observations(BlobServiceClient storage)
{
    private readonly BlobContainerClient _container = storage.GetBlobContainerClient("conformance-observations");

    public async Task AddAsync(string key, string what, CancellationToken cancellation = default)
    {
        // Ticks first, so that a listing, which is by name, is in order of time.
        var blob = _container.GetBlobClient($"{key}/{DateTime.UtcNow.Ticks:D19}-{Guid.NewGuid():N}");
        try
        {
            await blob.UploadAsync(BinaryData.FromString(what), cancellation);
        }
        catch (RequestFailedException missing) when (missing.Status == StatusCodes.Status404NotFound)
        {
            await _container.CreateIfNotExistsAsync(cancellationToken: cancellation);
            await blob.UploadAsync(BinaryData.FromString(what), cancellation);
        }
    }

    /// <summary>In order of time.</summary>
    public async Task<List<string>> ListAsync(string key, CancellationToken cancellation = default)
    {
        var names = new List<string>();
        try
        {
            await foreach (var item in _container.GetBlobsAsync(BlobTraits.None, BlobStates.None, key + "/", cancellation))
            {
                names.Add(item.Name);
            }
        }
        catch (RequestFailedException missing) when (missing.Status == StatusCodes.Status404NotFound)
        {
            return [];
        }

        names.Sort(StringComparer.Ordinal);
        var contents = await Task.WhenAll(names.Select(async name => (await _container.GetBlobClient(name).DownloadContentAsync(cancellation)).Value.Content.ToString()));
        return [.. contents];
    }
}

/// <summary>The same over HTTP.</summary>
public sealed class ObservationProbes(Observations observations)
{
    [Function("ListObservations")]
    public async Task<IActionResult> List([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "observations/{key}")] HttpRequest request, string key, CancellationToken cancellation) =>
        new OkObjectResult(await observations.ListAsync(key, cancellation));

    [Function("AddObservation")]
    public async Task<IActionResult> Add([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "observations/{key}")] HttpRequest request, string key, CancellationToken cancellation)
    {
        await observations.AddAsync(key, await new StreamReader(request.Body).ReadToEndAsync(cancellation), cancellation);
        return new AcceptedResult();
    }
}

/// <summary>A service that lives as long as an invocation.</summary>
public sealed class InvocationScope
{
    public Guid Id { get; } = Guid.NewGuid();
}
