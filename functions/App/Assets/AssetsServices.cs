using Microsoft.Extensions.DependencyInjection;

namespace Portico.Assets;

public static class AssetsServices
{
    /// <summary>Uploads and their ingest.</summary>
    public static IServiceCollection AddAssets(this IServiceCollection services) => services
        .AddSingleton<AssetMessages>()
        .AddSingleton<AssetMedia>()
        .AddScoped<IAssetProgress, AssetProgressReporter>();
}
