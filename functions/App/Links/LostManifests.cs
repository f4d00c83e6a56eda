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
    // Each round but the first is caused by an edit at that very moment, which publishes for itself as well.
    private const int MaxRounds = 5;

    public async IAsyncEnumerable<LostBlobs> FindLostAsync(IReadOnlySet<string> publicPaths, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var (link, _) in maintenance.AllAsync(Link.Documents, cancellation))
        {
            if (await manifests.PrepareAsync(link.ProjectId, link.Targets, cancellation) is { Targets: { } targets }
                && !(publicPaths.Contains(BlobName.Manifest(link.Id).Path) && await IsPublishedAsync(link, targets, cancellation)))
            {
                yield return new LostBlobs(link.Id, link.Id);
            }
        }
    }

    public async Task<RepairOutcome> RepairAsync(LostBlobs lost, DurableTaskClient orchestrations, CancellationToken cancellation)
    {
        var outcome = RepairOutcome.Intact;
        for (var round = 0; round < MaxRounds; round++)
        {
            if (await links.FindAsync(lost.Id, cancellation) is not { Document: var link })
            {
                if (outcome == RepairOutcome.Restored)
                {
                    await blobs.DeleteAsync(BlobName.Manifest(lost.Id), cancellation);
                }

                return RepairOutcome.Intact;
            }

            if (await manifests.PrepareAsync(link.ProjectId, link.Targets, cancellation) is not { Targets: { } targets }
                || await IsPublishedAsync(link, targets, cancellation))
            {
                return outcome;
            }

            await manifests.PublishAsync(link, targets, cancellation);
            outcome = RepairOutcome.Restored;
        }

        return outcome;
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
