using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Azure.Storage;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Portico.EmbeddedHost.Blobs;
using Portico.Storage;

namespace Portico.EmbeddedHost.Backup;

/// <summary>
/// Unpacks a backup into a folder of its own, blobs through the storage API, checks every byte against the manifest and
/// every database, and only then is it moved to where the data folder belongs. Blobs get new versions (ETags), as if they
/// had just been written; what names a version copes with that, as it does when a browser writes again.
/// </summary>
/// <param name="storage">How Azurite is started on a folder.</param>
internal sealed class BackupRestore(string staging, Func<string, AzuriteCommand> storage) : IAsyncDisposable
{
    private const string Damaged = "It is damaged: make use of another backup.";
    private const int MaxHeaderAttributes = 100;

    private static readonly StorageTransferOptions Transfer = new() { InitialTransferSize = 8 << 20, MaximumTransferSize = 8 << 20, MaximumConcurrency = 1 };

    private readonly Dictionary<string, BackupEntry> _found = new(StringComparer.Ordinal);
    private readonly HashSet<string> _containers = new(StringComparer.Ordinal);
    private StorageProcess? _storage;

    /// <summary>Unpacks and checks. When this returns, the folder is what a host can start on.</summary>
    /// <exception cref="BackupException">The file is no whole backup, or of a newer version.</exception>
    public async Task<BackupManifest> UnpackAsync(string file, CancellationToken cancellation)
    {
        byte[]? manifest = null;
        string? hash = null;
        try
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.Asynchronous | FileOptions.SequentialScan);
            await using var tar = new TarReader(stream);
            while (await tar.GetNextEntryAsync(copyData: false, cancellation).ConfigureAwait(false) is { } entry)
            {
                if (entry.Name == BackupFormat.Manifest)
                {
                    manifest = await ReadAsync(entry, cancellation).ConfigureAwait(false);
                }
                else if (entry.Name == BackupFormat.ManifestHash)
                {
                    hash = Encoding.ASCII.GetString(await ReadAsync(entry, cancellation).ConfigureAwait(false));
                }
                else
                {
                    await UnpackAsync(entry, cancellation).ConfigureAwait(false);
                }
            }
        }
        catch (Exception failure) when (failure is InvalidDataException or EndOfStreamException or FormatException or ArgumentException)
        {
            throw new BackupException($"{file} breaks off, or is no backup of Portico. {Damaged}");
        }

        var checkedManifest = Check(file, manifest, hash);
        foreach (var container in checkedManifest.Containers)
        {
            await ContainerAsync(container, cancellation).ConfigureAwait(false);
        }

        await DisposeAsync().ConfigureAwait(false);
        foreach (var database in Directory.GetFiles(staging, "*.db"))
        {
            if (SqliteCut.FindDamage(database) is { } damage)
            {
                throw new BackupException($"The database {Path.GetFileName(database)} in {file} is not sound ({damage}). {Damaged}");
            }
        }

        return checkedManifest;
    }

    /// <summary>Ends storage; its index is on the disk then.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_storage is { } running)
        {
            _storage = null;
            await running.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static async Task<byte[]> ReadAsync(TarEntry entry, CancellationToken cancellation)
    {
        using var content = new MemoryStream();
        await (entry.DataStream ?? Stream.Null).CopyToAsync(content, cancellation).ConfigureAwait(false);
        return content.ToArray();
    }

    private BackupManifest Check(string file, byte[]? json, string? hash)
    {
        if (json is null || hash is null)
        {
            throw new BackupException($"{file} breaks off before its end. {Damaged}");
        }

        if (Convert.ToHexStringLower(SHA256.HashData(json)) != hash)
        {
            throw new BackupException($"The list of contents of {file} was changed. {Damaged}");
        }

        var manifest = JsonSerializer.Deserialize<BackupManifest>(json, BackupFormat.Json)!;
        if (manifest.Version > BackupFormat.Version)
        {
            throw new BackupException($"{file} was written by a newer Portico ({manifest.Product}, format {manifest.Version}). Restore it with that version.");
        }

        foreach (var promised in manifest.Entries)
        {
            if (!_found.Remove(promised.Name, out var found) || !IsSame(promised, found))
            {
                throw new BackupException($"{promised.Name} in {file} is missing or was changed. {Damaged}");
            }
        }

        return _found.Count == 0 ? manifest : throw new BackupException($"{_found.Keys.First()} in {file} was added later. {Damaged}");
    }

    private static bool IsSame(BackupEntry promised, BackupEntry found) =>
        promised.Bytes == found.Bytes
        && promised.Sha256 == found.Sha256
        && (promised.Attributes ?? new Dictionary<string, string>()).OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .SequenceEqual((found.Attributes ?? new Dictionary<string, string>()).OrderBy(pair => pair.Key, StringComparer.Ordinal));

    private async Task UnpackAsync(TarEntry entry, CancellationToken cancellation)
    {
        if (entry is not PaxTarEntry { EntryType: TarEntryType.RegularFile } pax)
        {
            throw new InvalidDataException($"{entry.Name} is no file.");
        }

        await using var content = new HashingStream(pax.DataStream ?? Stream.Null, pax.Length, tellsLength: false);
        var attributes = pax.ExtendedAttributes.Where(pair => pair.Key.StartsWith("PORTICO.", StringComparison.Ordinal)).Take(MaxHeaderAttributes).ToDictionary(StringComparer.Ordinal);
        if (pax.Name.StartsWith(BackupFormat.Data, StringComparison.Ordinal))
        {
            await UnpackFileAsync(pax.Name[BackupFormat.Data.Length..], content, pax.Mode, cancellation).ConfigureAwait(false);
        }
        else if (pax.Name.StartsWith(BackupFormat.Blobs, StringComparison.Ordinal))
        {
            await UnpackBlobAsync(pax.Name[BackupFormat.Blobs.Length..], content, attributes, cancellation).ConfigureAwait(false);
        }
        else
        {
            throw new InvalidDataException($"{pax.Name} is nothing that a backup holds.");
        }

        _found.Add(pax.Name, new BackupEntry(pax.Name, pax.Length, content.Sha256(), attributes));
    }

    private async Task UnpackFileAsync(string name, HashingStream content, UnixFileMode mode, CancellationToken cancellation)
    {
        if (!HostBlobs.IsPlainName(name))
        {
            throw new InvalidDataException($"{name} would lie outside of the data folder.");
        }

        var path = Path.Combine(staging, name.Replace('/', Path.DirectorySeparatorChar));
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.Asynchronous };
        if (!OperatingSystem.IsWindows())
        {
            // Never more than its owner may do with it.
            options.UnixCreateMode = (mode & UnixFileMode.UserExecute) | UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        await using var file = new FileStream(path, options);
        await content.CopyToAsync(file, cancellation).ConfigureAwait(false);
        file.Flush(flushToDisk: true);
    }

    private async Task UnpackBlobAsync(string name, HashingStream content, IReadOnlyDictionary<string, string> attributes, CancellationToken cancellation)
    {
        var slash = name.IndexOf('/');
        if (slash <= 0 || slash == name.Length - 1)
        {
            throw new InvalidDataException($"{name} names no blob.");
        }

        var container = await ContainerAsync(name[..slash], cancellation).ConfigureAwait(false);
        var upload = new BlobUploadOptions
        {
            HttpHeaders = new BlobHttpHeaders
            {
                ContentType = attributes.GetValueOrDefault(BackupFormat.ContentType, "application/octet-stream"),
                CacheControl = attributes.GetValueOrDefault(BackupFormat.CacheControl),
            },
            Metadata = attributes.Where(pair => pair.Key.StartsWith(BackupFormat.MetadataPrefix, StringComparison.Ordinal))
                .ToDictionary(pair => pair.Key[BackupFormat.MetadataPrefix.Length..], pair => pair.Value),
            TransferOptions = Transfer,
        };
        await container.GetBlobClient(name[(slash + 1)..]).UploadAsync(content, upload, cancellation).ConfigureAwait(false);
    }

    private async Task<BlobContainerClient> ContainerAsync(string name, CancellationToken cancellation)
    {
        // Its account's key has come out of the file by now: keys come before blobs.
        _storage ??= await StorageProcess.StartAsync(storage(staging), cancellation).ConfigureAwait(false);
        var container = _storage.Service.GetBlobContainerClient(name);
        if (_containers.Add(name))
        {
            await container.CreateIfNotExistsAsync(cancellationToken: cancellation).ConfigureAwait(false);
        }

        return container;
    }
}
