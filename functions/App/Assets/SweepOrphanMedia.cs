using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using Portico.Blobs;
using Portico.Documents;
using Portico.Links;
using Portico.Markers;

namespace Portico.Assets;

/// <summary>
/// Once a night: blobs that no document names go. They stem from runs that failed after publishing a part, from
/// deletions that were cut short or had to spare an asset in processing, and from projects that were erased meanwhile.
/// </summary>
public sealed class SweepOrphanMedia(IDocumentMaintenance maintenance, IBlobStore blobs, AssetMedia media, LinkStore links, TimeProvider clock, ILogger<SweepOrphanMedia> logger)
{
    /// <summary>Younger blobs may belong to a document that is about to be written.</summary>
    private static readonly TimeSpan MinAge = TimeSpan.FromHours(24);

    [Function(nameof(SweepOrphanMedia))]
    public async Task Run([TimerTrigger("0 30 4 * * *")] TimerInfo timer, CancellationToken cancellation)
    {
        // Blobs before documents: what is written in between is missing from the first list, not from the second.
        var published = await PathsAsync(BlobName.Public, cancellation);
        var uploads = await PathsAsync(BlobName.Uploads, cancellation);
        var sources = await PathsAsync(BlobName.Private, cancellation);

        var named = new HashSet<string>(StringComparer.Ordinal);
        var assetFolders = new HashSet<string>(StringComparer.Ordinal);
        var codes = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        await foreach (var (asset, _) in maintenance.AllAsync(Asset.Documents, cancellation))
        {
            named.UnionWith(AssetMedia.PathsOf(asset.Image, asset.Video, markerPath: null));
            assetFolders.Add($"{asset.ProjectId}/{asset.Id}");
        }

        if (assetFolders.Count == 0)
        {
            // Documents that were lost or put elsewhere are likelier than an installation whose last asset is gone.
            return;
        }

        await foreach (var (marker, _) in maintenance.AllAsync(Marker.Documents, cancellation))
        {
            named.Add(marker.Path);
        }

        await foreach (var (link, _) in maintenance.AllAsync(Link.Documents, cancellation))
        {
            if (link.IsBeingDeleted)
            {
                await links.DeleteAsync(link, ifMatch: null, cancellation);
                continue;
            }

            named.Add(BlobName.Manifest(link.Id).Path);
            if (!codes.TryGetValue(link.ProjectId, out var ofProject))
            {
                codes[link.ProjectId] = ofProject = [];
            }

            ofProject.Add(link.Id);
        }

        await SweepOwnAsync(BlobName.Uploads, uploads, assetFolders, cancellation);
        await SweepOwnAsync(BlobName.Private, sources, assetFolders, cancellation);
        foreach (var project in published.Where(path => !named.Contains(path)).GroupBy(path => path.Split('/')[0], StringComparer.Ordinal))
        {
            var orphans = await OldAsync(BlobName.Public, project, cancellation);
            if (project.Key == "m")
            {
                await SweepManifestsAsync(orphans, cancellation);
                continue;
            }

            // A manifest that could not be written anew may still play what no asset names any more.
            foreach (var code in codes.GetValueOrDefault(project.Key) ?? [])
            {
                var manifest = await ManifestAsync(code, cancellation);
                orphans.RemoveWhere(path => manifest.Contains(path[(path.LastIndexOf('/') + 1)..], StringComparison.Ordinal));
            }

            if (orphans.Count > 0)
            {
                logger.LogInformation("Project {Project} has {Count} published blobs that nothing shows", project.Key, orphans.Count);
                await media.DeleteUnsharedAsync(project.Key, orphans, cancellation);
            }
        }
    }

    private async Task<List<string>> PathsAsync(string container, CancellationToken cancellation)
    {
        var paths = new List<string>();
        await foreach (var path in blobs.ListAsync(new BlobName(container, ""), cancellation))
        {
            paths.Add(path);
        }

        return paths;
    }

    /// <summary>Those of the paths whose blobs are old enough to go.</summary>
    private async Task<HashSet<string>> OldAsync(string container, IEnumerable<string> paths, CancellationToken cancellation)
    {
        var old = new HashSet<string>(StringComparer.Ordinal);
        foreach (var path in paths)
        {
            if (await blobs.FindAsync(new BlobName(container, path), cancellation) is { } facts && clock.GetUtcNow() - facts.LastModified >= MinAge)
            {
                old.Add(path);
            }
        }

        return old;
    }

    /// <summary>Uploads and pinned sources lie in their asset's folder: <c>{project}/{asset}/…</c>.</summary>
    private async Task SweepOwnAsync(string container, List<string> paths, HashSet<string> assetFolders, CancellationToken cancellation)
    {
        var orphans = paths.Where(path => !assetFolders.Contains(string.Join('/', path.Split('/').Take(2))));
        foreach (var path in await OldAsync(container, orphans, cancellation))
        {
            await blobs.DeleteAsync(new BlobName(container, path), cancellation);
        }
    }

    private async Task SweepManifestsAsync(HashSet<string> paths, CancellationToken cancellation)
    {
        foreach (var path in paths)
        {
            if (await links.FindAsync(Path.GetFileNameWithoutExtension(path), cancellation) is null)
            {
                await blobs.DeleteAsync(new BlobName(BlobName.Public, path), cancellation);
            }
        }
    }

    private async Task<string> ManifestAsync(string code, CancellationToken cancellation)
    {
        try
        {
            using var reader = new StreamReader(await blobs.OpenReadAsync(BlobName.Manifest(code), cancellation));
            return await reader.ReadToEndAsync(cancellation);
        }
        catch (BlobAbsentException)
        {
            return "";
        }
    }
}
