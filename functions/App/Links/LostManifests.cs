using System.Runtime.CompilerServices;
using Microsoft.DurableTask.Client;
using Portico.Blobs;
using Portico.Documents;

namespace Portico.Links;

/// <summary>
/// Links whose manifest is missing or is not the one that their documents make: storage that lost its last seconds may
/// have gone back to an older one.
/// </summary>
public sealed class LostManifests(IDocumentMaintenance maintenance, IBlobStore blobs, LinkStore links, ManifestPublisher manifests) : IBlobReferences
{
    public async IAsyncEnumerable<LostBlobs> FindLostAsync(IReadOnlySet<string> publicPaths, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var (link, _) in maintenance.AllAsync(Link.Documents, cancellation))
        {
            if (link.IsBeingDeleted
                || (await manifests.PrepareAsync(link.ProjectId, link.Targets, cancellation) is { Targets: { } targets }
                && !(publicPaths.Contains(BlobName.Manifest(link.Id).Path) && await IsPublishedAsync(link, targets, cancellation))))
            {
                yield return new LostBlobs(link.Id, link.Id);
            }
        }
    }

    public async Task<RepairOutcome> RepairAsync(LostBlobs lost, DurableTaskClient orchestrations, CancellationToken cancellation)
    {
        if (await links.FindEvenDeletedAsync(lost.Id, cancellation) is not { Document: var link })
        {
            return RepairOutcome.Intact;
        }

        if (link.IsBeingDeleted)
        {
            await links.DeleteAsync(link, ifMatch: null, cancellation);
            return RepairOutcome.Intact;
        }

        if (await manifests.PrepareAsync(link.ProjectId, link.Targets, cancellation) is not { Targets: { } targets }
            || await IsPublishedAsync(link, targets, cancellation))
        {
            return RepairOutcome.Intact;
        }

        await manifests.PublishAsync(link.Id, cancellation);
        return RepairOutcome.Restored;
    }

    private async Task<bool> IsPublishedAsync(Link link, IReadOnlyList<PreparedTarget> targets, CancellationToken cancellation)
    {
        try
        {
            await using var published = await blobs.OpenReadAsync(BlobName.Manifest(link.Id), cancellation);
            using var content = new MemoryStream();
            await published.CopyToAsync(content, cancellation);
            return content.ToArray().AsSpan().SequenceEqual(Manifest.Of(link, targets).ToUtf8Json());
        }
        catch (BlobAbsentException)
        {
            return false;
        }
    }
}
