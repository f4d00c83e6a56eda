using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Azure;
using Azure.Storage;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Sas;
using Portico.Storage;

namespace Portico.Blobs;

/// <summary>
/// Blobs in Azure Storage or Azurite. Every side effect can be repeated: a step that was cut off anywhere is
/// simply run again.
/// </summary>
internal sealed partial class AzureBlobStore(BlobAccount account, string cdnBase) : IBlobStore
{
    /// <summary>Metadata of a pinned copy: the source's version that it holds.</summary>
    private const string PinnedVersion = "pinnedversion";

    private static readonly TimeSpan CopyPoll = TimeSpan.FromMilliseconds(250);

    /// <summary>Small requests, so that the network timeout bounds each and a retry repeats little.</summary>
    private static readonly StorageTransferOptions Transfer = new()
    {
        InitialTransferSize = 8 << 20,
        MaximumTransferSize = 8 << 20,
        MaximumConcurrency = 4,
    };

    public Uri CreateUploadUrl(BlobName name, TimeSpan lifetime) =>
        account.Sign(name, BlobSasPermissions.Create | BlobSasPermissions.Write, lifetime);

    public Uri CreateReadUrl(BlobName name, TimeSpan lifetime) => account.Sign(name, BlobSasPermissions.Read, lifetime);

    public async Task<BlobFacts?> FindAsync(BlobName name, CancellationToken cancellation)
    {
        var found = await PropertiesAsync(account.Blob(name), cancellation).ConfigureAwait(false);
        return found is null ? null : new BlobFacts(found.ContentLength, Bare(found.ETag), found.ContentType, found.LastModified);
    }

    public async Task<PinOutcome> PinAsync(BlobName source, string ifMatch, BlobName destination, CancellationToken cancellation)
    {
        var version = ifMatch.Trim('"');
        var target = account.Blob(destination);
        if (await IsPinnedAsync(target, version, cancellation).ConfigureAwait(false))
        {
            return PinOutcome.Pinned;
        }

        FaultPoint.Reached("blob.pin.before");
        try
        {
            await target.StartCopyFromUriAsync(
                account.Blob(source).Uri,
                new BlobCopyFromUriOptions
                {
                    SourceConditions = new BlobRequestConditions { IfMatch = new ETag(version) },
                    Metadata = new Dictionary<string, string> { [PinnedVersion] = version },
                },
                cancellation).ConfigureAwait(false);
        }
        catch (RequestFailedException e) when (e.Status == 412)
        {
            return PinOutcome.Changed;
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return PinOutcome.Absent;
        }
        catch (RequestFailedException e) when (e.ErrorCode == BlobErrorCode.PendingCopyOperation)
        {
            // Begun by an attempt that was cut off; awaited below like one's own.
        }

        if (await IsPinnedAsync(target, version, cancellation).ConfigureAwait(false))
        {
            FaultPoint.Reached("blob.pin.after");
            return PinOutcome.Pinned;
        }

        // A copy that takes its time fails when its source is overwritten meanwhile.
        var current = await FindAsync(source, cancellation).ConfigureAwait(false);
        return current is null ? PinOutcome.Absent
            : current.ETag != version ? PinOutcome.Changed
            : throw new IOException($"The storage service did not complete the copy of {source} to {destination}.");
    }

    public async Task<string?> RenewAsync(BlobName name, CancellationToken cancellation)
    {
        var blob = account.Blob(name);
        try
        {
            var copy = await blob.StartCopyFromUriAsync(blob.Uri, cancellationToken: cancellation).ConfigureAwait(false);
            await copy.WaitForCompletionAsync(CopyPoll, cancellation).ConfigureAwait(false);
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return null;
        }

        return (await FindAsync(name, cancellation).ConfigureAwait(false))?.ETag;
    }

    public async Task DownloadAsync(BlobName name, string filePath, CancellationToken cancellation)
    {
        try
        {
            await account.Blob(name).DownloadToAsync(filePath, new BlobDownloadToOptions { TransferOptions = Transfer }, cancellation).ConfigureAwait(false);
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            throw new BlobAbsentException(name);
        }
    }

    public async Task<Stream> OpenReadAsync(BlobName name, CancellationToken cancellation)
    {
        try
        {
            return await account.Blob(name).OpenReadAsync(new BlobOpenReadOptions(allowModifications: false), cancellation).ConfigureAwait(false);
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            throw new BlobAbsentException(name);
        }
    }

    public async Task<string> WriteAsync(BlobName name, Stream content, BlobHeaders headers, CancellationToken cancellation)
    {
        FaultPoint.Reached("blob.write.before");
        var written = await account.Blob(name).UploadAsync(content, Upload(headers), cancellation).ConfigureAwait(false);
        FaultPoint.Reached("blob.write.after");
        return Bare(written.Value.ETag);
    }

    public async Task<PublicMedia> PublishAsync(string projectId, string filePath, string extension, CancellationToken cancellation)
    {
        if (!Extension().IsMatch(extension))
        {
            throw new ArgumentException($"'{extension}' is no file extension: letters and digits, without the dot.", nameof(extension));
        }

        var (sha256, bytes) = await HashAsync(filePath, cancellation).ConfigureAwait(false);
        var contentType = MediaType.OfExtension(extension);
        var path = $"{projectId}/{sha256}.{extension}";
        var media = new PublicMedia(path, PublicUrl(path), sha256, bytes, contentType);
        var blob = account.Blob(new BlobName(BlobName.Public, path));
        if (await PropertiesAsync(blob, cancellation).ConfigureAwait(false) is not null)
        {
            return media;
        }

        FaultPoint.Reached("blob.publish.before");
        var upload = Upload(new BlobHeaders(contentType, BlobHeaders.Immutable));
        upload.Conditions = new BlobRequestConditions { IfNoneMatch = ETag.All };
        try
        {
            await blob.UploadAsync(filePath, upload, cancellation).ConfigureAwait(false);
        }
        catch (RequestFailedException e) when (e.ErrorCode == BlobErrorCode.BlobAlreadyExists || e.ErrorCode == BlobErrorCode.ConditionNotMet)
        {
            // Somebody else, or an own attempt whose answer was lost, published the same bytes.
        }

        FaultPoint.Reached("blob.publish.after");
        return media;
    }

    public string PublicUrl(string publicPath) => $"{cdnBase}/{string.Join('/', publicPath.Split('/').Select(Uri.EscapeDataString))}";

    public async Task<bool> DeleteAsync(BlobName name, CancellationToken cancellation)
    {
        FaultPoint.Reached("blob.delete.before");
        var deleted = await account.Blob(name).DeleteIfExistsAsync(DeleteSnapshotsOption.IncludeSnapshots, cancellationToken: cancellation).ConfigureAwait(false);
        FaultPoint.Reached("blob.delete.after");
        return deleted.Value;
    }

    public async IAsyncEnumerable<string> ListAsync(BlobName prefix, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var container = account.Service.GetBlobContainerClient(prefix.Container);
        if (!await container.ExistsAsync(cancellation).ConfigureAwait(false))
        {
            yield break;
        }

        await foreach (var blob in container.GetBlobsAsync(prefix: prefix.Path, cancellationToken: cancellation).ConfigureAwait(false))
        {
            yield return blob.Name;
        }
    }

    public async Task DeletePrefixAsync(BlobName prefix, CancellationToken cancellation)
    {
        if (!prefix.Path.EndsWith('/') || prefix.Path.StartsWith('/'))
        {
            throw new ArgumentException($"'{prefix.Path}' is no folder: it ends with '/' and has a name.", nameof(prefix));
        }

        await Parallel.ForEachAsync(
            ListAsync(prefix, cancellation),
            new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = cancellation },
            async (path, token) => await DeleteAsync(prefix with { Path = path }, token).ConfigureAwait(false)).ConfigureAwait(false);
    }

    /// <summary>
    /// Whether the destination holds this version; waits for a copy that is still under way. One that was restored from a
    /// backup carries the version that it was copied from and no copy's status.
    /// </summary>
    private static async Task<bool> IsPinnedAsync(BlobClient target, string version, CancellationToken cancellation)
    {
        while (true)
        {
            var found = await PropertiesAsync(target, cancellation).ConfigureAwait(false);
            if (found?.BlobCopyStatus != CopyStatus.Pending)
            {
                return found is not null
                    && found.BlobCopyStatus is CopyStatus.Success or null
                    && found.Metadata.TryGetValue(PinnedVersion, out var held)
                    && held == version;
            }

            await Task.Delay(CopyPoll, cancellation).ConfigureAwait(false);
        }
    }

    private static async Task<BlobProperties?> PropertiesAsync(BlobClient blob, CancellationToken cancellation)
    {
        try
        {
            return await blob.GetPropertiesAsync(cancellationToken: cancellation).ConfigureAwait(false);
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return null;
        }
    }

    private static BlobUploadOptions Upload(BlobHeaders headers) => new()
    {
        HttpHeaders = new BlobHttpHeaders { ContentType = headers.ContentType, CacheControl = headers.CacheControl },
        TransferOptions = Transfer,
    };

    private static async Task<(string Sha256, long Bytes)> HashAsync(string filePath, CancellationToken cancellation)
    {
        await using var file = new FileStream(filePath, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan | FileOptions.Asynchronous);
        var hash = await SHA256.HashDataAsync(file, cancellation).ConfigureAwait(false);
        return (Convert.ToHexStringLower(hash), file.Length);
    }

    /// <summary>Headers carry a version in quotes, lists without; here it never has any.</summary>
    private static string Bare(ETag etag) => etag.ToString("G").Trim('"');

    [GeneratedRegex("^[a-z0-9]{1,12}$")]
    private static partial Regex Extension();
}
