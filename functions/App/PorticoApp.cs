using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Portico.Accounts;
using Portico.Analytics;
using Portico.Assets;
using Portico.Blobs;
using Portico.Documents;
using Portico.Http;
using Portico.Links;
using Portico.Operations;
using Portico.Projects;
using Portico.Realtime;
using Portico.Tools;

namespace Portico;

/// <summary>What the app is made of.</summary>
public static class PorticoApp
{
    /// <summary>Middleware, outermost first, and every capability's services. A clock that is registered before is kept.</summary>
    public static FunctionsApplicationBuilder AddPortico(this FunctionsApplicationBuilder builder)
    {
        builder.ConfigureFunctionsWebApplication();
        builder.UseMiddleware<ProblemMiddleware>();
        builder.UseMiddleware<AccessMiddleware>();
        builder.UseWhen<CountBlobTries>(CountBlobTries.Concerns);

        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services
            .AddDocuments(builder.Configuration)
            .AddBlobs(builder.Configuration)
            .AddRealtime()
            .AddHttp()
            .AddAccounts()
            .AddProjects()
            .AddAssets()
            .AddMediaTools()
            .AddLinks()
            .AddAnalytics()
            .AddOperations();
        return builder;
    }
}
