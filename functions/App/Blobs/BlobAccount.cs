using Azure.Core;
using Azure.Identity;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Sas;
using Microsoft.Extensions.Configuration;

namespace Portico.Blobs;

/// <summary>
/// The storage account, by identity (<c>AzureWebJobsStorage__blobServiceUri</c>) or by connection string
/// (<c>AzureWebJobsStorage</c>), and the signatures that let a browser at one blob.
/// </summary>
internal sealed class BlobAccount
{
    /// <summary>A signature by user-delegation key can't outlive seven days.</summary>
    private static readonly TimeSpan LongestLifetime = TimeSpan.FromDays(6);

    private readonly TimeProvider _clock;
    private readonly string _browserBase;
    private readonly Lock _keyGate = new();
    private UserDelegationKey? _key;

    public BlobAccount(IConfiguration configuration, TimeProvider clock)
    {
        _clock = clock;
        Service = Connect(configuration.GetSection("AzureWebJobsStorage"));

        Reconcile = new ReconcileSetting(configuration.GetValue("Blobs:Reconcile", Service.Uri.IsLoopback));

        // A browser reaches an account on this machine through the portal's origin only: it may be on another device.
        var browserEndpoint = configuration["Blobs:BrowserEndpoint"]
            ?? (Service.Uri.IsLoopback ? $"/blob/{Service.AccountName}" : Service.Uri.AbsoluteUri);
        _browserBase = browserEndpoint.TrimEnd('/');
    }

    public BlobServiceClient Service { get; }

    /// <summary>Azurite can lose what it acknowledged in its last seconds; Azure Storage can't.</summary>
    public ReconcileSetting Reconcile { get; }

    public BlobClient Blob(BlobName name) => Service.GetBlobContainerClient(name.Container).GetBlobClient(name.Path);

    /// <summary>A URL with the given rights on one blob until <paramref name="lifetime"/> has passed.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A lifetime outside (0, 6 days].</exception>
    public Uri Sign(BlobName name, BlobSasPermissions permissions, TimeSpan lifetime)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(lifetime, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(lifetime, LongestLifetime);
        var blob = Blob(name);
        var expires = _clock.GetUtcNow() + lifetime;
        var sas = new BlobSasBuilder(permissions, expires)
        {
            BlobContainerName = name.Container,
            BlobName = name.Path,
            Resource = "b",
            Protocol = Service.Uri.Scheme == Uri.UriSchemeHttps ? SasProtocol.Https : SasProtocol.HttpsAndHttp,
        };
        var query = blob.CanGenerateSasUri
            ? blob.GenerateSasUri(sas).Query
            : "?" + sas.ToSasQueryParameters(DelegationKey(expires), Service.AccountName);
        var path = blob.Uri.AbsoluteUri[Service.Uri.AbsoluteUri.TrimEnd('/').Length..];
        return new Uri(_browserBase + path + query, UriKind.RelativeOrAbsolute);
    }

    private UserDelegationKey DelegationKey(DateTimeOffset expires)
    {
        lock (_keyGate)
        {
            if (_key is null || _key.SignedExpiresOn < expires)
            {
                // Storage and we may disagree on the time by minutes; a key that starts in the future is refused.
                _key = Service.GetUserDelegationKey(_clock.GetUtcNow().AddMinutes(-15), expires.AddHours(12)).Value;
            }

            return _key;
        }
    }

    private static BlobServiceClient Connect(IConfigurationSection storage)
    {
        var options = new BlobClientOptions();

        // Together at least 20 s (0.1 · 2ⁿ, at most 5 s each, ± 20 %): a storage service that restarts is waited for,
        // and an activity that runs into a longer outage is retried by its orchestration.
        options.Retry.Mode = RetryMode.Exponential;
        options.Retry.Delay = TimeSpan.FromMilliseconds(100);
        options.Retry.MaxDelay = TimeSpan.FromSeconds(5);
        options.Retry.MaxRetries = 11;
        options.Retry.NetworkTimeout = TimeSpan.FromSeconds(60);

        if (storage["blobServiceUri"] is { Length: > 0 } uri)
        {
            var identity = new DefaultAzureCredentialOptions { ManagedIdentityClientId = storage["clientId"] };
            return new BlobServiceClient(new Uri(uri), new DefaultAzureCredential(identity), options);
        }

        return storage.Value is { Length: > 0 } connectionString
            ? new BlobServiceClient(connectionString, options)
            : throw new InvalidOperationException("Blob storage is not configured: set AzureWebJobsStorage__blobServiceUri or AzureWebJobsStorage.");
    }
}
