namespace Portico.Blobs;

/// <summary>
/// Blobs in three containers. <c>uploads</c>: what browsers write through a one-blob URL; untrusted, and
/// it may change under us. <c>private</c>: pinned sources and intermediates. <c>public</c>: what the CDN
/// serves; content-addressed and immutable, manifests excepted.
/// </summary>
public interface IBlobStore
{
    /// <summary>
    /// A URL by which a browser may write this one blob for <paramref name="lifetime"/>, and do nothing else:
    /// <c>Put Blob</c>, or <c>Put Block</c> and <c>Put Block List</c>. Same-origin and relative in the embedded flavour.
    /// </summary>
    Uri CreateUploadUrl(BlobName name, TimeSpan lifetime);

    /// <summary>A URL by which anybody may read this one private blob for <paramref name="lifetime"/>.</summary>
    Uri CreateReadUrl(BlobName name, TimeSpan lifetime);

    /// <summary>Size, version and type; null when absent.</summary>
    Task<BlobFacts?> FindAsync(BlobName name, CancellationToken cancellation);

    /// <summary>
    /// Copies exactly the version <paramref name="ifMatch"/> of <paramref name="source"/>, on the server.
    /// <see cref="PinOutcome.Changed"/> when it has been overwritten since; idempotent by destination.
    /// </summary>
    Task<PinOutcome> PinAsync(BlobName source, string ifMatch, BlobName destination, CancellationToken cancellation);

    /// <summary>
    /// Gives the blob a new version of the same bytes, type and metadata, by copying it onto itself on the server: what
    /// is triggered by it runs as if it had just been written. The new version; null when the blob is absent.
    /// </summary>
    Task<string?> RenewAsync(BlobName name, CancellationToken cancellation);

    /// <summary>Writes the whole blob to a file.</summary>
    /// <exception cref="BlobAbsentException">There is no such blob.</exception>
    Task DownloadAsync(BlobName name, string filePath, CancellationToken cancellation);

    Task<Stream> OpenReadAsync(BlobName name, CancellationToken cancellation);

    /// <summary>Creates or replaces; returns the new version.</summary>
    Task<string> WriteAsync(BlobName name, Stream content, BlobHeaders headers, CancellationToken cancellation);

    /// <summary>
    /// Publishes a file under <c>public/{projectId}/{sha256}.{extension}</c>, immutable. Publishing the same
    /// bytes again changes nothing.
    /// </summary>
    Task<PublicMedia> PublishAsync(string projectId, string filePath, string extension, CancellationToken cancellation);

    /// <summary>The address the CDN serves a public blob at: <c>/cdn/…</c> embedded, absolute in Azure.</summary>
    string PublicUrl(string publicPath);

    /// <summary>False when it was already absent.</summary>
    Task<bool> DeleteAsync(BlobName name, CancellationToken cancellation);

    /// <summary>Paths of every blob under a prefix (empty: of the whole container), in no particular order.</summary>
    IAsyncEnumerable<string> ListAsync(BlobName prefix, CancellationToken cancellation);

    /// <summary>Deletes every blob under a prefix (a folder: ends with '/').</summary>
    Task DeletePrefixAsync(BlobName prefix, CancellationToken cancellation);
}

/// <summary>A blob's container and its path inside.</summary>
public readonly record struct BlobName(string Container, string Path)
{
    public const string Uploads = "uploads";
    public const string Private = "private";
    public const string Public = "public";

    /// <summary>Where a browser uploads an asset's source. The client's file name is never part of a path.</summary>
    public static BlobName Upload(string projectId, string assetId) => new(Uploads, $"{projectId}/{assetId}/source");

    /// <summary>The copy of a source, pinned to one version, that processing reads.</summary>
    public static BlobName Source(string projectId, string assetId) => new(Private, $"{projectId}/{assetId}/source");

    /// <summary>The manifest of a link.</summary>
    public static BlobName Manifest(string code) => new(Public, $"m/{code}.json");

    /// <summary>What <see cref="ToString"/> wrote, and how Functions hosts name a blob: <c>container/path</c>.</summary>
    public static BlobName Parse(string name)
    {
        var slash = name.IndexOf('/');
        return new BlobName(name[..slash], name[(slash + 1)..]);
    }

    public override string ToString() => $"{Container}/{Path}";
}

public sealed record BlobFacts(long Bytes, string ETag, string ContentType, DateTimeOffset LastModified);

/// <summary>Headers a blob is stored, and so served, with.</summary>
public sealed record BlobHeaders(string ContentType, string CacheControl)
{
    public const string Immutable = "public, max-age=31536000, immutable";
    public const string Manifest = "public, max-age=60, stale-while-revalidate=600, stale-if-error=604800";
    public const string NoStore = "no-store";
}

/// <summary>A published file.</summary>
/// <param name="Path">Inside the <c>public</c> container: <c>{projectId}/{sha256}.{ext}</c>.</param>
/// <param name="Url">What clients fetch.</param>
public sealed record PublicMedia(string Path, string Url, string Sha256, long Bytes, string ContentType);

public enum PinOutcome
{
    /// <summary>The destination holds the asked-for version.</summary>
    Pinned,

    /// <summary>The source is at another version now.</summary>
    Changed,

    Absent,
}

/// <summary>A blob that must exist does not.</summary>
public sealed class BlobAbsentException(BlobName name) : Exception($"The blob {name} does not exist.")
{
    public BlobName Name { get; } = name;
}
