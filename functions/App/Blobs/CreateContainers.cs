using Azure.Storage.Blobs.Models;
using Microsoft.Extensions.Hosting;

namespace Portico.Blobs;

/// <summary>
/// Makes the containers once everything has started and before the app counts as started, so that it also
/// works when the storage service is one of the things that start. None of them is open to anonymous
/// readers: embedded, the host reads for the CDN; in Azure, infrastructure opens <c>public</c> beforehand and
/// this leaves it as it is.
/// </summary>
internal sealed class CreateContainers(BlobAccount account) : IHostedLifecycleService
{
    public async Task StartedAsync(CancellationToken cancellationToken) =>
        await Task.WhenAll(new[] { BlobName.Uploads, BlobName.Private, BlobName.Public }.Select(container =>
            account.Service.GetBlobContainerClient(container).CreateIfNotExistsAsync(PublicAccessType.None, cancellationToken: cancellationToken))).ConfigureAwait(false);

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
