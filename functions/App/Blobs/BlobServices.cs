using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Portico.Blobs;

/// <summary>Registers the blob store.</summary>
public static class BlobServices
{
    /// <summary>
    /// The account is <c>AzureWebJobsStorage__blobServiceUri</c> (by identity) or <c>AzureWebJobsStorage</c> (a
    /// connection string). <c>Blobs__BrowserEndpoint</c>: where browsers reach it, when that differs (default for an
    /// account on this machine: <c>/blob/{account}</c> on the portal's origin). <c>Cdn__BaseUrl</c>: where
    /// <c>public</c> is served, default <c>/cdn</c>. <c>Blobs__Reconcile</c>: whether <see cref="ReconcileBlobs"/> does
    /// anything, by default for an account on this machine alone.
    /// </summary>
    public static IServiceCollection AddBlobs(this IServiceCollection services, IConfiguration configuration)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(provider => new BlobAccount(configuration, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IBlobStore>(provider =>
            new AzureBlobStore(provider.GetRequiredService<BlobAccount>(), (configuration["Cdn:BaseUrl"] ?? "/cdn").TrimEnd('/')));
        services.AddSingleton(provider => provider.GetRequiredService<BlobAccount>().Reconcile);
        services.AddHostedService<CreateContainers>();
        return services;
    }
}
