using System.Text.Json;

namespace Portico.EmbeddedHost.Backup;

/// <summary>
/// The backup file: a tar (pax) that any tar reads. <c>data/…</c>: databases and keys, as they lie in the data folder.
/// <c>blobs/{container}/{name}</c>: blobs, their headers and metadata as extended attributes. At the end
/// <c>manifest.json</c>, which names every entry with its length and SHA-256, and <c>manifest.sha256</c>: a file that was
/// cut off has no end, and one that was changed doesn't fit it.
/// </summary>
internal static class BackupFormat
{
    /// <summary>Raised when an older host could not restore what a newer one wrote.</summary>
    public const int Version = 1;

    public const string Data = "data/";
    public const string Blobs = "blobs/";
    public const string Manifest = "manifest.json";
    public const string ManifestHash = "manifest.sha256";

    /// <summary>Of a blob's extended attributes: its headers, and its metadata below <see cref="MetadataPrefix"/>.</summary>
    public const string ContentType = "PORTICO.contentType";
    public const string CacheControl = "PORTICO.cacheControl";
    public const string MetadataPrefix = "PORTICO.metadata.";

    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };
}

/// <param name="Version">See <see cref="BackupFormat.Version"/>.</param>
/// <param name="Product">The app's version that wrote it.</param>
/// <param name="TakenAt">The instant that the databases show.</param>
/// <param name="Left">What the installation keeps elsewhere, in Azure, and so isn't in the file.</param>
internal sealed record BackupManifest(int Version, string Product, DateTimeOffset TakenAt, IReadOnlyList<string> Containers, IReadOnlyList<string> Left, IReadOnlyList<BackupEntry> Entries);

/// <param name="Attributes">A blob's; null for files.</param>
internal sealed record BackupEntry(string Name, long Bytes, string Sha256, IReadOnlyDictionary<string, string>? Attributes);

/// <summary>A backup or a restore can't be done; the message says why and what to do, and nothing has been changed.</summary>
internal sealed class BackupException(string message) : Exception(message);
