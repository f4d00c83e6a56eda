using Portico.Blobs;
using Portico.Tools;

namespace Portico.Assets;

/// <summary>Brings an asset's pinned source to a tool.</summary>
public static class PinnedSource
{
    /// <summary>The name a source has in a work folder. The client's file name never reaches a tool.</summary>
    public const string FileName = "source";

    /// <summary>Downloads the source, unless its size alone rules it out.</summary>
    /// <returns>The file's name inside <paramref name="folder"/>, or why not.</returns>
    /// <exception cref="BlobAbsentException">There is no pinned source.</exception>
    public static async Task<(string File, AssetFailure? Failure)> DownloadAsync(
        IBlobStore blobs, MediaSource source, WorkFolder folder, CancellationToken cancellation)
    {
        var name = BlobName.Source(source.ProjectId, source.AssetId);
        var facts = await blobs.FindAsync(name, cancellation) ?? throw new BlobAbsentException(name);
        if (AssetFailures.CheckSize(source.Kind, facts.Bytes) is { } failure)
        {
            return ("", failure);
        }

        await blobs.DownloadAsync(name, folder.File(FileName), cancellation);
        return (FileName, null);
    }
}
