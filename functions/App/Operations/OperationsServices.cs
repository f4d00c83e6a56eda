using Microsoft.Extensions.DependencyInjection;

namespace Portico.Operations;

public static class OperationsServices
{
    /// <summary>The first start.</summary>
    public static IServiceCollection AddOperations(this IServiceCollection services) => services
        .AddSingleton<DemoMedia>()
        .AddSingleton<SeedDemo>()
        .AddHostedService<FirstStart>();
}
