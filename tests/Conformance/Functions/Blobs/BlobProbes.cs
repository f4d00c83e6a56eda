using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace Conformance.Functions.Blobs;

/// <summary>Blob-triggered functions that write down what they were given. A blob's first folder is the test's key.</summary>
public sealed class BlobProbes(Observations observations)
{
    [Function("SeeText")]
    public Task SeeText([BlobTrigger("conformance-text/{key}/{name}.txt")] string content, string key, string name, FunctionContext context) =>
        observations.AddAsync(key, $"text {name} {content}", context.CancellationToken);

    [Function("SeeBytes")]
    public Task SeeBytes([BlobTrigger("conformance-bytes/{key}/{name}")] byte[] content, string key, string name) =>
        observations.AddAsync(key, $"bytes {name} {Convert.ToHexString(content)}");

    [Function("SeeStream")]
    public async Task SeeStream([BlobTrigger("conformance-stream/{key}/{name}")] Stream content, string key, string name, CancellationToken cancellation)
    {
        long length = 0;
        var buffer = new byte[64 << 10];
        while (await content.ReadAsync(buffer, cancellation) is var read and > 0)
        {
            length += read;
        }

        await observations.AddAsync(key, $"stream {name} {length}", cancellation);
    }

    [Function("SeeClient")]
    public async Task SeeClient(
        [BlobTrigger("conformance-client/{key}/{name}")] BlobClient blob,
        [BlobInput("conformance-text/{key}/beside.txt")] string beside,
        string key,
        string name,
        CancellationToken cancellation)
    {
        var properties = (await blob.GetPropertiesAsync(cancellationToken: cancellation)).Value;
        await observations.AddAsync(key, $"client {blob.BlobContainerName}/{blob.Name} {properties.ContentLength} beside {beside}", cancellation);
    }

    /// <summary>Fails on every blob whose content begins with "poison".</summary>
    [Function("FailOnPoison")]
    public async Task FailOnPoison([BlobTrigger("conformance-poison/{key}/{name}")] string content, string key, string name)
    {
        await observations.AddAsync(key, $"tried {name} {content}");
        if (content.StartsWith("poison", StringComparison.Ordinal))
        {
            throw new InvalidDataException("This blob is no good.");
        }
    }

    /// <summary>Ends the process on the first sight of a blob; a second sight is of the same version.</summary>
    [Function("DieOnce")]
    public async Task DieOnce([BlobTrigger("conformance-deadly/{key}/{name}")] string content, string key, string name)
    {
        var before = await observations.ListAsync(key);
        await observations.AddAsync(key, $"began {name}");
        if (before.Count == 0)
        {
            System.Diagnostics.Process.GetCurrentProcess().Kill();
        }

        await observations.AddAsync(key, $"ended {name}");
    }

    [Function("CopyBlob")]
    [BlobOutput("conformance-copies/{key}/{name}")]
    public static string CopyBlob([BlobTrigger("conformance-originals/{key}/{name}")] string content) => content.ToUpperInvariant();
}

/// <summary>Reads and writes blobs for tests, which know no account.</summary>
public sealed class BlobAccess(BlobServiceClient storage)
{
    [Function("PutBlob")]
    public async Task<IActionResult> Put([HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "blobs/{container}/{*name}")] HttpRequest request, string container, string name, CancellationToken cancellation)
    {
        var target = storage.GetBlobContainerClient(container);
        await target.CreateIfNotExistsAsync(cancellationToken: cancellation);
        var body = new MemoryStream();
        await request.Body.CopyToAsync(body, cancellation);
        body.Position = 0;
        await target.GetBlobClient(name).UploadAsync(body, new BlobUploadOptions(), cancellation);
        return new NoContentResult();
    }

    [Function("GetBlob")]
    public async Task<IActionResult> Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "blobs/{container}/{*name}")] HttpRequest request, string container, string name, CancellationToken cancellation)
    {
        var blob = storage.GetBlobContainerClient(container).GetBlobClient(name);
        return await blob.ExistsAsync(cancellation)
            ? new FileContentResult((await blob.DownloadContentAsync(cancellation)).Value.Content.ToArray(), "application/octet-stream")
            : new NotFoundResult();
    }
}
