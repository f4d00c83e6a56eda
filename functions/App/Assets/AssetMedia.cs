using Portico.Blobs;
using Portico.Documents;
using Portico.Markers;

namespace Portico.Assets;

/// <summary>The blobs that assets stand on, and their removal. Published media are named by content: two assets may share one.</summary>
public sealed class AssetMedia(IDocumentStore documents, IBlobStore blobs, TimeProvider clock)
{
    /// <summary>An upload that is this late doesn't come any more: its URL has long expired.</summary>
    private static readonly TimeSpan UploadPatience = TimeSpan.FromHours(24);

    /// <summary>Deletes the asset's own blobs, and its published ones unless another asset of the project shows them.</summary>
    public async Task DeleteAsync(Asset asset, Marker? marker, CancellationToken cancellation)
    {
        await blobs.DeleteAsync(BlobName.Upload(asset.ProjectId, asset.Id), cancellation);
        await blobs.DeletePrefixAsync(new BlobName(BlobName.Private, $"{asset.ProjectId}/{asset.Id}/"), cancellation);
        await DeleteUnsharedAsync(asset.ProjectId, PathsOf(asset.Image, asset.Video, marker?.Path), cancellation, except: asset.Id);
    }

    /// <summary>
    /// Deletes published blobs that no asset of the project refers to, <paramref name="except"/> not counted. While
    /// another asset is being processed nothing goes: it may stand on the very same blobs and can't say so yet.
    /// <see cref="SweepOrphanMedia"/> removes later what is left then.
    /// </summary>
    public async Task DeleteUnsharedAsync(string projectId, IReadOnlySet<string> paths, CancellationToken cancellation, string? except = null)
    {
        if (paths.Count == 0)
        {
            return;
        }

        var orphans = new HashSet<string>(paths, StringComparer.Ordinal);
        string? continuation = null;
        do
        {
            var page = await documents.ListAsync(Asset.Documents, projectId, new DocumentQuery(Limit: 1000, Continuation: continuation), cancellation);
            foreach (var asset in page.Items.Select(item => item.Document).Where(asset => asset.Id != except))
            {
                if (MayBePublishing(asset))
                {
                    return;
                }

                orphans.ExceptWith(PathsOf(asset.Image, asset.Video, null));
            }

            continuation = page.Continuation;
        }
        while (continuation is not null);

        do
        {
            var page = await documents.ListAsync(Marker.Documents, projectId, new DocumentQuery(Limit: 1000, Continuation: continuation), cancellation);
            orphans.ExceptWith(page.Items.Where(marker => marker.Document.AssetId != except).Select(marker => marker.Document.Path));
            continuation = page.Continuation;
        }
        while (continuation is not null);

        foreach (var path in orphans)
        {
            await blobs.DeleteAsync(new BlobName(BlobName.Public, path), cancellation);
        }
    }

    private bool MayBePublishing(Asset asset) => asset.Status switch
    {
        AssetStatus.Processing => true,
        AssetStatus.AwaitingUpload => clock.GetUtcNow() - asset.UpdatedAt < UploadPatience,
        _ => false,
    };

    /// <summary>Every public blob that these facts refer to.</summary>
    public static IReadOnlySet<string> PathsOf(ImageFacts? image, VideoFacts? video, string? markerPath) => new HashSet<string>(
        [
            .. image?.Renditions.Select(rendition => rendition.Path) ?? [],
            .. image is null ? Array.Empty<string>() : [image.Thumbnail.Path],
            .. video?.Renditions.Select(rendition => rendition.Path) ?? [],
            .. video is null ? Array.Empty<string>() : [video.Poster.Path],
            .. markerPath is null ? Array.Empty<string>() : [markerPath],
        ],
        StringComparer.Ordinal);
}
