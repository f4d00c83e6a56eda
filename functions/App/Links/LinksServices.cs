using Microsoft.Extensions.DependencyInjection;
using Portico.Blobs;

namespace Portico.Links;

public static class LinksServices
{
    /// <summary>Links, their manifests and QR codes.</summary>
    public static IServiceCollection AddLinks(this IServiceCollection services) => services
        .AddSingleton<LinkStore>()
        .AddSingleton<ManifestPublisher>()
        .AddSingleton<IBlobReferences, LostManifests>();
}
