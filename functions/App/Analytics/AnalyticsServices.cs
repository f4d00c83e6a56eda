using Microsoft.Extensions.DependencyInjection;

namespace Portico.Analytics;

public static class AnalyticsServices
{
    /// <summary>Events and their counts.</summary>
    public static IServiceCollection AddAnalytics(this IServiceCollection services) => services.AddSingleton<EventStore>();
}
