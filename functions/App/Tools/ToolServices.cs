using Microsoft.Extensions.DependencyInjection;
using Portico.Images;
using Portico.Videos;

namespace Portico.Tools;

/// <summary>What the media activities stand on.</summary>
public static class ToolServices
{
    /// <summary>
    /// Adds the tools and their work folders, and sweeps the folders that a killed process left behind. Wants an
    /// <c>IBlobStore</c> and an <c>IAssetProgress</c> beside it.
    /// </summary>
    public static IServiceCollection AddMediaTools(this IServiceCollection services)
    {
        var folders = new WorkFolders();
        folders.DeleteStale();
        return services
            .AddSingleton(folders)
            .AddSingleton<ToolRunner>()
            .AddSingleton<ImageTool>()
            .AddSingleton<VideoProbing>()
            .AddSingleton<VideoTranscoding>();
    }
}
