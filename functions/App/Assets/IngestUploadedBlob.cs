using Azure.Storage.Blobs;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using Portico.Blobs;
using Portico.Documents;

namespace Portico.Assets;

/// <summary>
/// Starts an asset's ingest when its file has arrived. The event may come twice, and the blob may be written again:
/// once an ingest has begun, neither changes anything.
/// </summary>
public sealed class IngestUploadedBlob(IDocumentStore documents, IBlobStore blobs, ILogger<IngestUploadedBlob> logger)
{
    [Function(nameof(IngestUploadedBlob))]
    public async Task Run(
        [BlobTrigger("uploads/{project}/{asset}/source", Source = BlobTriggerSource.EventGrid)] BlobClient upload,
        string project,
        string asset,
        [DurableClient] DurableTaskClient orchestrations,
        CancellationToken cancellation)
    {
        var found = await documents.GetAsync(Asset.Documents, project, asset, cancellation);
        if (found is null || found.Document.Status != AssetStatus.AwaitingUpload)
        {
            logger.LogInformation("The upload {Blob} changes nothing: its asset is {Status}", upload.Name, found?.Document.Status.ToString() ?? "gone");
            return;
        }

        if (await blobs.FindAsync(BlobName.Upload(project, asset), cancellation) is not { } facts)
        {
            return;
        }

        var instanceId = IngestAsset.InstanceId(asset, facts.ETag);
        await orchestrations.StartUnlessOpenAsync(nameof(IngestAsset), instanceId, new IngestRequest(project, asset), cancellation);
    }
}
