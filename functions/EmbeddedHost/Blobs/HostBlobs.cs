using Azure.Core;
using Azure.Storage.Blobs;
using Microsoft.Extensions.Configuration;

namespace Portico.EmbeddedHost.Blobs;

/// <summary>The host's own connection to the storage account that <c>AzureWebJobsStorage</c> names.</summary>
internal sealed class HostBlobs
{
    /// <summary>The container that the CDN serves.</summary>
    public const string PublicContainer = "public";

    public HostBlobs(IConfiguration configuration)
    {
        var options = new BlobClientOptions();
        options.Retry.Mode = RetryMode.Fixed;
        options.Retry.Delay = TimeSpan.FromMilliseconds(100);
        options.Retry.MaxRetries = 2;
        Service = new BlobServiceClient(configuration[Azurite.ConnectionSetting], options);
        Public = Service.GetBlobContainerClient(PublicContainer);
    }

    public BlobServiceClient Service { get; }

    public BlobContainerClient Public { get; }

    /// <summary>
    /// Whether <paramref name="name"/> can be a blob of ours: no empty, <c>.</c> or <c>..</c> part, no backslash, no
    /// control character, no percent sign (a second layer of encoding), 1024 characters at most.
    /// </summary>
    public static bool IsPlainName(string name) =>
        name.Length is > 0 and <= 1024
        && !name.AsSpan().ContainsAny('\\', '%', '?')
        && !name.Any(char.IsControl)
        && name.Split('/').All(part => part is not ("" or "." or ".."));
}
