using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Portico.Operations;

public static class OperationsServices
{
    /// <summary>The first start, and what administrators see of failures.</summary>
    public static IServiceCollection AddOperations(this IServiceCollection services) => services
        .AddSingleton<DemoMedia>()
        .AddSingleton<SeedDemo>()
        .AddSingleton(provider => TriggerLimits.Read(provider.GetRequiredService<IConfiguration>()))
        .AddHostedService<FirstStart>();
}
