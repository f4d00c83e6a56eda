using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Portico.Assets;
using Portico.Blobs;
using Portico.Documents;
using Portico.Links;
using Portico.Markers;

namespace Portico.Projects;

public sealed record ProjectToErase(string ProjectId, string OwnerId);

/// <summary>Erases what a deleted project held: links and manifests first, so nothing public points at what is going.</summary>
public static class EraseProject
{
    // It must come to its end: an erasure that gives up leaves data that nobody can see or delete.
    private static readonly TaskOptions Retries = TaskOptions.FromRetryPolicy(new RetryPolicy(30, TimeSpan.FromSeconds(2), backoffCoefficient: 2, maxRetryInterval: TimeSpan.FromMinutes(30)));

    [Function(nameof(EraseProject))]
    public static async Task Run([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var project = context.GetInput<ProjectToErase>()!;
        await context.CallActivityAsync(nameof(EraseProjectLinks), project, Retries);
        await context.CallActivityAsync(nameof(EraseProjectAssets), project, Retries);
    }
}

/// <summary>Removes the membership and the links. Idempotent: it deletes what is there.</summary>
public sealed class EraseProjectLinks(IDocumentStore documents, LinkStore links, IBlobStore blobs)
{
    [Function(nameof(EraseProjectLinks))]
    public async Task Run([ActivityTrigger] ProjectToErase project, CancellationToken cancellation)
    {
        await documents.DeleteAsync(Membership.Documents, project.OwnerId, project.ProjectId, ifMatch: null, cancellation);
        while (await documents.ListAsync(ProjectLink.Documents, project.ProjectId, new DocumentQuery(), cancellation) is { Items.Count: > 0 } page)
        {
            foreach (var entry in page.Items)
            {
                if (await links.FindEvenDeletedAsync(entry.Document.Id, cancellation) is { } link)
                {
                    await links.DeleteAsync(link.Document, ifMatch: null, cancellation);
                }

                await blobs.DeleteAsync(BlobName.Manifest(entry.Document.Id), cancellation);
                await documents.DeleteAsync(ProjectLink.Documents, project.ProjectId, entry.Document.Id, ifMatch: null, cancellation);
            }
        }
    }
}

/// <summary>Removes assets, markers, all blobs of the project, and the project. Idempotent: it deletes what is there.</summary>
public sealed class EraseProjectAssets(IDocumentStore documents, IBlobStore blobs)
{
    [Function(nameof(EraseProjectAssets))]
    public async Task Run([ActivityTrigger] ProjectToErase project, CancellationToken cancellation)
    {
        await DeleteAllAsync(Asset.Documents, project.ProjectId, cancellation);
        await DeleteAllAsync(Marker.Documents, project.ProjectId, cancellation);
        foreach (var container in new[] { BlobName.Uploads, BlobName.Private, BlobName.Public })
        {
            await blobs.DeletePrefixAsync(new BlobName(container, $"{project.ProjectId}/"), cancellation);
        }

        await documents.DeleteAsync(Project.Documents, project.ProjectId, project.ProjectId, ifMatch: null, cancellation);
    }

    private async Task DeleteAllAsync<T>(DocumentType<T> type, string partitionKey, CancellationToken cancellation)
        where T : class, IDocument
    {
        while (await documents.ListAsync(type, partitionKey, new DocumentQuery(), cancellation) is { Items.Count: > 0 } page)
        {
            foreach (var item in page.Items)
            {
                await documents.DeleteAsync(type, partitionKey, item.Document.Id, ifMatch: null, cancellation);
            }
        }
    }
}
