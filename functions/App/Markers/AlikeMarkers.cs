using Portico.Assets;
using Portico.Blobs;
using Portico.Documents;
using Portico.Vision;

namespace Portico.Markers;

/// <summary>
/// Looks among a project's markers for one that a camera may take for a given one. The newest
/// <see cref="MostCompared"/> are compared; a marker that is being compiled at the same moment isn't seen yet.
/// </summary>
public sealed class AlikeMarkers(IDocumentStore documents, IBlobStore blobs)
{
    /// <summary>The code of the advice.</summary>
    public const string Code = "similar_marker";

    /// <summary>About a second's work at most: 25 kB to read and two milliseconds to compare each.</summary>
    public const int MostCompared = 60;

    private const int ReadAtOnce = 6;

    /// <summary>Advice about the newest alike marker; null when there is none.</summary>
    /// <param name="markerId">The marker's own id: it isn't compared with itself.</param>
    /// <param name="file">Its file.</param>
    public async Task<MarkerAdvice?> FindAsync(string projectId, string markerId, byte[] file, CancellationToken cancellation)
    {
        var newest = await documents.ListAsync(Marker.Documents, projectId, new DocumentQuery(Descending: true, Limit: MostCompared + 1), cancellation);
        var others = newest.Items.Select(stored => stored.Document).Where(marker => marker.Id != markerId).Take(MostCompared);
        foreach (var some in others.Chunk(ReadAtOnce))
        {
            var alike = await Task.WhenAll(some.Select(other => IsAlikeAsync(other, file, cancellation)));
            if (Array.IndexOf(alike, true) is >= 0 and var first)
            {
                return await AdviceAsync(some[first], cancellation);
            }
        }

        return null;
    }

    private async Task<bool> IsAlikeAsync(Marker other, byte[] file, CancellationToken cancellation)
    {
        using var bytes = new MemoryStream();
        try
        {
            await using var blob = await blobs.OpenReadAsync(new BlobName(BlobName.Public, other.Path), cancellation);
            await blob.CopyToAsync(bytes, cancellation);
            return MarkerSimilarity.AreAlike(file, bytes.ToArray());
        }
        catch (Exception exception) when (exception is BlobAbsentException or InvalidDataException)
        {
            // Deleted meanwhile, or of another version: nothing to compare with.
            return false;
        }
    }

    private async Task<MarkerAdvice> AdviceAsync(Marker other, CancellationToken cancellation)
    {
        var picture = await documents.GetAsync(Asset.Documents, other.ProjectId, other.AssetId, cancellation);
        var name = picture is null ? "another picture" : $"“{picture.Document.Name}”";
        return new MarkerAdvice(
            Code,
            $"Phones may take it for {name}, which is in this project too: change the larger shapes of one of them, not only the text, if both play something different.",
            other.Id,
            other.AssetId);
    }
}
