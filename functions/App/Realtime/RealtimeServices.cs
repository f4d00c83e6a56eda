using Microsoft.Extensions.DependencyInjection;

namespace Portico.Realtime;

public static class RealtimeServices
{
    /// <summary>Messages to browsers.</summary>
    public static IServiceCollection AddRealtime(this IServiceCollection services) => services
        .AddSingleton<HubEndpoint>()
        .AddSingleton(provider => new HubMessages(
            new HttpClient(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5), UseCookies = false }) { Timeout = TimeSpan.FromSeconds(5) },
            provider.GetRequiredService<HubEndpoint>()))
        .AddSingleton<IHubMessages>(provider => provider.GetRequiredService<HubMessages>());
}
