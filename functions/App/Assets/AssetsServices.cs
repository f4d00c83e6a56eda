using Microsoft.Extensions.DependencyInjection;
using Portico.Blobs;
using Portico.Markers;
using Portico.Operations;

namespace Portico.Assets;

public static class AssetsServices
{
    /// <summary>Uploads and their ingest.</summary>
    public static IServiceCollection AddAssets(this IServiceCollection services) => services
        .AddSingleton<AssetMessages>()
        .AddSingleton<AssetMedia>()
        .AddSingleton<AlikeMarkers>()
        .AddSingleton<IBlobReferences, LostMedia>()
        .AddSingleton<IOrchestrationRetry, RetryIngest>()
        .AddSingleton<IOrchestrationRetry, RetryMarker>()
        .AddScoped<IAssetProgress, AssetProgressReporter>();
}
