using Microsoft.Extensions.DependencyInjection;

namespace Portico.Http;

public static class HttpServices
{
    /// <summary>What every route stands on: problems, access decisions, idempotent creates.</summary>
    public static IServiceCollection AddHttp(this IServiceCollection services) => services
        .AddSingleton(new RouteTable(typeof(HttpServices).Assembly))
        .AddSingleton<IdempotencyKeys>()
        .AddSingleton<PublicOrigin>();
}
