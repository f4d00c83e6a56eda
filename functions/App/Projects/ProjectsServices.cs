using Microsoft.Extensions.DependencyInjection;
using Portico.Operations;

namespace Portico.Projects;

public static class ProjectsServices
{
    /// <summary>Projects and who may work on them.</summary>
    public static IServiceCollection AddProjects(this IServiceCollection services) => services
        .AddSingleton<ProjectStore>()
        .AddSingleton<ProjectAccess>()
        .AddSingleton<IOrchestrationRetry, RetryErasure>();
}
