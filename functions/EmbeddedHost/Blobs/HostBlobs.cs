using Azure.Core;
using Azure.Identity;
using Azure.Storage.Blobs;
using Microsoft.Extensions.Configuration;

namespace Portico.EmbeddedHost.Blobs;

/// <summary>The host's own connection to the storage account that <c>AzureWebJobsStorage</c> names, by identity or connection string.</summary>
internal sealed class HostBlobs
{
    /// <summary>The container that the CDN serves.</summary>
    public const string PublicContainer = "public";

    private readonly Lazy<BlobServiceClient> _service;

    /// <remarks>Made at first use: compiling the SDK's client has no place in the start.</remarks>
    public HostBlobs(IConfiguration configuration) => _service = new Lazy<BlobServiceClient>(() => Connect(configuration));

    public BlobServiceClient Service => _service.Value;

    public BlobContainerClient Public => Service.GetBlobContainerClient(PublicContainer);

    private static BlobServiceClient Connect(IConfiguration configuration)
    {
        var options = new BlobClientOptions();
        options.Retry.Mode = RetryMode.Fixed;
        options.Retry.Delay = TimeSpan.FromMilliseconds(100);
        options.Retry.MaxRetries = 2;
        var storage = configuration.GetSection(Azurite.ConnectionSetting);
        return storage["blobServiceUri"] is { Length: > 0 } uri
            ? new BlobServiceClient(new Uri(uri), new DefaultAzureCredential(new DefaultAzureCredentialOptions { ManagedIdentityClientId = storage["clientId"] }), options)
            : new BlobServiceClient(storage.Value, options);
    }

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
