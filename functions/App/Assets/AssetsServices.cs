using Microsoft.Extensions.DependencyInjection;
using Portico.Blobs;

namespace Portico.Assets;

public static class AssetsServices
{
    /// <summary>Uploads and their ingest.</summary>
    public static IServiceCollection AddAssets(this IServiceCollection services) => services
        .AddSingleton<AssetMessages>()
        .AddSingleton<AssetMedia>()
        .AddSingleton<IBlobReferences, LostMedia>()
        .AddScoped<IAssetProgress, AssetProgressReporter>();
}
