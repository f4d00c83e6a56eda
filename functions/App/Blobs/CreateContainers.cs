using Azure;
using Azure.Identity;
using Azure.Storage.Blobs.Models;
using Microsoft.Extensions.Hosting;
using Portico.Operations;

namespace Portico.Blobs;

/// <summary>
/// Makes the containers once everything has started and before the app counts as started, so that it also
/// works when the storage service is one of the things that start. None of them is open to anonymous
/// readers: embedded, the host reads for the CDN; in Azure, infrastructure opens <c>public</c> beforehand and
/// this leaves it as it is.
/// </summary>
internal sealed class CreateContainers(BlobAccount account) : IHostedLifecycleService
{
    /// <exception cref="StartUpException">The account can't be reached, or refuses: what it said.</exception>
    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Task.WhenAll(new[] { BlobName.Uploads, BlobName.Private, BlobName.Public }.Select(container =>
                account.Service.GetBlobContainerClient(container).CreateIfNotExistsAsync(PublicAccessType.None, cancellationToken: cancellationToken)));
        }
        catch (Exception failure) when (failure is RequestFailedException or AuthenticationFailedException or AggregateException && !cancellationToken.IsCancellationRequested)
        {
            // The client wraps what it met in each of its tries, a page of text each. One says it all; the query may be a signature.
            throw new StartUpException(
                $"Blob storage at {account.Service.Uri.GetLeftPart(UriPartial.Path)} can't be used: {Reason(failure)}. Look at AzureWebJobsStorage, and whether the account can be reached from here.");
        }
    }

    private static string Reason(Exception failure) => failure switch
    {
        AggregateException { InnerExceptions: [.., var last] } => Reason(last),
        RequestFailedException { Status: > 0 } refused => $"it answered {refused.Status} {refused.ErrorCode}",
        _ => failure.Message.ReplaceLineEndings(" ").TrimEnd('.', ' '),
    };

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
