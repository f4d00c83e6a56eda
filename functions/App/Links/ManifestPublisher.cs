using Microsoft.Extensions.Logging;
using Portico.Assets;
using Portico.Blobs;
using Portico.Documents;
using Portico.Markers;

namespace Portico.Links;

/// <summary>Keeps each link's public manifest in step with the link and its assets. Idempotent: it writes what it reads.</summary>
public sealed class ManifestPublisher(IDocumentStore documents, IBlobStore blobs, LinkStore links, ILogger<ManifestPublisher> logger)
{
    /// <summary>
    /// <see cref="PrepareAsync"/> for targets that somebody asks for. What the link already shows (<paramref name="shown"/>)
    /// may be on the mend or have lost a part; anything else must be ready.
    /// </summary>
    public async Task<PreparedTargets> PrepareEditAsync(string projectId, IReadOnlyList<LinkTarget> targets, IReadOnlyList<LinkTarget> shown, CancellationToken cancellation)
    {
        var prepared = await PrepareAsync(projectId, targets, cancellation);
        var known = shown.SelectMany(target => new[] { target.ImageAssetId, target.ContentAssetId }).ToHashSet(StringComparer.Ordinal);
        var unready = prepared.Targets?
            .SelectMany(target => new[] { target.Image, target.Content })
            .FirstOrDefault(asset => asset.Status != AssetStatus.Ready && !known.Contains(asset.Id));
        return unready is null ? prepared : PreparedTargets.NotReady(unready);
    }

    /// <summary>The targets with their assets as far as they have ever been ready, or which one can't be shown yet and why.</summary>
    public async Task<PreparedTargets> PrepareAsync(string projectId, IReadOnlyList<LinkTarget> targets, CancellationToken cancellation)
    {
        var prepared = new List<PreparedTarget>();
        for (var i = 0; i < targets.Count; i++)
        {
            var image = await FindAssetAsync(projectId, targets[i].ImageAssetId, cancellation);
            if (image is not { Kind: AssetKind.Image })
            {
                return PreparedTargets.Wrong($"targets[{i}].imageAssetId", "Must be an image of this project.");
            }

            var content = await FindAssetAsync(projectId, targets[i].ContentAssetId, cancellation);
            if (content is not { Kind: AssetKind.Video })
            {
                return PreparedTargets.Wrong($"targets[{i}].contentAssetId", "Must be a video of this project.");
            }

            var marker = image.MarkerId is null ? null : await documents.GetAsync(Marker.Documents, projectId, image.MarkerId, cancellation);
            if (image.Image is null || marker is null)
            {
                return PreparedTargets.NotReady(image);
            }

            if (content.Video is null)
            {
                return PreparedTargets.NotReady(content);
            }

            prepared.Add(new PreparedTarget(image, marker.Document, content));
        }

        return new PreparedTargets(prepared, null, null, null);
    }

    /// <summary>
    /// Brings the link's manifest to what the link and its assets are. Whoever writes last looks last: an edit, a
    /// deletion or another publisher at the same moment leaves no older manifest behind.
    /// </summary>
    public async Task PublishAsync(string code, CancellationToken cancellation)
    {
        byte[]? written = null;
        while (await links.FindAsync(code, cancellation) is { Document: var link })
        {
            var prepared = await PrepareAsync(link.ProjectId, link.Targets, cancellation);
            if (prepared.Targets is null)
            {
                // The manifest that is out there still plays; an empty one would not.
                logger.LogWarning("Link {Code} keeps its manifest: {Field} {Asset} can't be shown", code, prepared.Field, prepared.Unready?.Id);
                return;
            }

            var manifest = Manifest.Of(link, prepared.Targets).ToUtf8Json();
            if (written is not null && manifest.AsSpan().SequenceEqual(written))
            {
                return;
            }

            using var content = new MemoryStream(manifest, writable: false);
            await blobs.WriteAsync(BlobName.Manifest(code), content, new BlobHeaders("application/json", BlobHeaders.Manifest), cancellation);
            written = manifest;
        }

        if (written is not null)
        {
            await blobs.DeleteAsync(BlobName.Manifest(code), CancellationToken.None);
        }
    }

    /// <summary>Publishes every link that shows the asset anew.</summary>
    public async Task RepublishForAssetAsync(string projectId, string assetId, CancellationToken cancellation)
    {
        foreach (var code in await links.ListUsingAsync(projectId, assetId, cancellation))
        {
            await PublishAsync(code, cancellation);
        }
    }

    private async Task<Asset?> FindAssetAsync(string projectId, string assetId, CancellationToken cancellation) =>
        (await documents.GetAsync(Asset.Documents, projectId, assetId, cancellation))?.Document;
}

/// <param name="Targets">Null when one can't be shown.</param>
/// <param name="Field">The field that names an asset which doesn't fit, with <paramref name="Message"/>.</param>
/// <param name="Unready">The asset that is not ready.</param>
public sealed record PreparedTargets(IReadOnlyList<PreparedTarget>? Targets, string? Field, string? Message, Asset? Unready)
{
    public static PreparedTargets Wrong(string field, string message) => new(null, field, message, null);

    public static PreparedTargets NotReady(Asset asset) => new(null, null, null, asset);
}
