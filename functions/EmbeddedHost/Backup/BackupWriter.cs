using System.Formats.Tar;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Portico.EmbeddedHost.Hosting;
using Portico.Storage;

namespace Portico.EmbeddedHost.Backup;

/// <summary>
/// Copies a data folder into one file while its host goes on: the databases as they stood at one instant, then keys, then
/// blobs through the storage API. In this order, because documents and histories name blobs and blobs name nothing: what
/// is written after that instant is more than what the databases ask for, never less. What is deleted after it may be
/// missing; the reconciler of the restored host finds that.
/// </summary>
internal sealed class BackupWriter(string dataPath, BlobServiceClient? blobs, IReadOnlyList<string> left, TimeProvider clock)
{
    private const string AzuriteFolder = "azurite";

    private readonly List<BackupEntry> _entries = [];
    private readonly List<string> _containers = [];

    /// <summary>Writes the file, whole or not at all, readable by its owner alone.</summary>
    /// <exception cref="BackupException">There is nothing to write.</exception>
    /// <exception cref="IOException">The file exists, or the disk is full.</exception>
    public async Task<BackupManifest> WriteAsync(string file, CancellationToken cancellation)
    {
        var databases = Directory.GetFiles(dataPath, "*.db").Order(StringComparer.Ordinal).ToList();
        if (databases.Count == 0)
        {
            throw new BackupException($"There is nothing to back up in {dataPath}: no host has run on it.");
        }

        var draft = $"{file}.{Environment.ProcessId}.partial";
        try
        {
            BackupManifest manifest;
            await using (var stream = new FileStream(draft, Private(FileMode.CreateNew)))
            {
                await using (var tar = new TarWriter(stream, TarEntryFormat.Pax, leaveOpen: true))
                {
                    DateTimeOffset takenAt;
                    using (var cut = SqliteCut.Take(databases))
                    {
                        takenAt = clock.GetUtcNow();
                        foreach (var database in databases)
                        {
                            await AddDatabaseAsync(tar, cut, database, draft + ".db", cancellation).ConfigureAwait(false);
                        }
                    }

                    await AddKeysAsync(tar, cancellation).ConfigureAwait(false);
                    await AddBlobsAsync(tar, cancellation).ConfigureAwait(false);
                    manifest = new BackupManifest(BackupFormat.Version, Product(), takenAt, _containers, left, _entries);
                    await AddManifestAsync(tar, manifest, cancellation).ConfigureAwait(false);
                }

                stream.Flush(flushToDisk: true);
            }

            File.Move(draft, file);
            return manifest;
        }
        finally
        {
            File.Delete(draft);
            File.Delete(draft + ".db");
        }
    }

    private static FileStreamOptions Private(FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Options = FileOptions.Asynchronous };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return options;
    }

    private static string Product() =>
        Assembly.GetEntryAssembly()?.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    private async Task AddDatabaseAsync(TarWriter tar, SqliteCut cut, string database, string copy, CancellationToken cancellation)
    {
        // It holds password hashes and keys' neighbours: made private before SQLite writes into it.
        await using (new FileStream(copy, Private(FileMode.CreateNew)))
        {
        }

        cut.CopyTo(database, copy);
        await AddFileAsync(tar, BackupFormat.Data + Path.GetFileName(database), copy, cancellation).ConfigureAwait(false);
        File.Delete(copy);
    }

    /// <summary>Every folder but storage's own: secrets, signing keys, certificates.</summary>
    private async Task AddKeysAsync(TarWriter tar, CancellationToken cancellation)
    {
        foreach (var folder in Directory.GetDirectories(dataPath).Order(StringComparer.Ordinal).Where(folder => Path.GetFileName(folder) != AzuriteFolder))
        {
            foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
            {
                var name = Path.GetRelativePath(dataPath, file).Replace(Path.DirectorySeparatorChar, '/');
                await AddFileAsync(tar, BackupFormat.Data + name, file, cancellation).ConfigureAwait(false);
            }
        }
    }

    private async Task AddFileAsync(TarWriter tar, string name, string file, CancellationToken cancellation)
    {
        await using var source = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var mode = OperatingSystem.IsWindows() ? UnixFileMode.UserRead | UnixFileMode.UserWrite : File.GetUnixFileMode(file);
        await AddAsync(tar, name, source, source.Length, mode, null, cancellation).ConfigureAwait(false);
    }

    private async Task AddBlobsAsync(TarWriter tar, CancellationToken cancellation)
    {
        if (blobs is null)
        {
            return;
        }

        await foreach (var container in blobs.GetBlobContainersAsync(cancellationToken: cancellation).ConfigureAwait(false))
        {
            _containers.Add(container.Name);
            var client = blobs.GetBlobContainerClient(container.Name);
            await foreach (var blob in client.GetBlobsAsync(cancellationToken: cancellation).ConfigureAwait(false))
            {
                await AddBlobAsync(tar, client, blob.Name, cancellation).ConfigureAwait(false);
            }
        }
    }

    private async Task AddBlobAsync(TarWriter tar, BlobContainerClient container, string name, CancellationToken cancellation)
    {
        BlobDownloadStreamingResult version;
        try
        {
            // One request tells headers and bytes of the same version.
            version = (await container.GetBlobClient(name).DownloadStreamingAsync(cancellationToken: cancellation).ConfigureAwait(false)).Value;
        }
        catch (RequestFailedException gone) when (gone.Status == 404)
        {
            return;
        }

        var details = version.Details;
        var attributes = new SortedDictionary<string, string>(StringComparer.Ordinal) { [BackupFormat.ContentType] = details.ContentType };
        if (!string.IsNullOrEmpty(details.CacheControl))
        {
            attributes[BackupFormat.CacheControl] = details.CacheControl;
        }

        foreach (var (key, value) in details.Metadata)
        {
            attributes[BackupFormat.MetadataPrefix + key] = value;
        }

        await using var content = version.Content;
        await AddAsync(tar, $"{BackupFormat.Blobs}{container.Name}/{name}", content, details.ContentLength, UnixFileMode.UserRead | UnixFileMode.UserWrite, attributes, cancellation).ConfigureAwait(false);
    }

    private async Task AddManifestAsync(TarWriter tar, BackupManifest manifest, CancellationToken cancellation)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(manifest, BackupFormat.Json);
        var hash = Encoding.ASCII.GetBytes(Convert.ToHexStringLower(SHA256.HashData(json)));
        foreach (var (name, content) in new[] { (BackupFormat.Manifest, json), (BackupFormat.ManifestHash, hash) })
        {
            await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content), Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite }, cancellation).ConfigureAwait(false);
        }
    }

    private async Task AddAsync(TarWriter tar, string name, Stream source, long length, UnixFileMode mode, IReadOnlyDictionary<string, string>? attributes, CancellationToken cancellation)
    {
        await using var content = new HashingStream(source, length, tellsLength: true);
        var entry = new PaxTarEntry(TarEntryType.RegularFile, name, attributes ?? new Dictionary<string, string>()) { DataStream = content, Mode = mode, ModificationTime = clock.GetUtcNow() };
        await tar.WriteEntryAsync(entry, cancellation).ConfigureAwait(false);
        _entries.Add(new BackupEntry(name, length, content.Sha256(), attributes));
    }
}
