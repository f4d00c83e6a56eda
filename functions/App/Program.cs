using Microsoft.Azure.Functions.Worker.Builder;
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

var builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();
builder.UseMiddleware<ProblemMiddleware>();
builder.UseMiddleware<AccessMiddleware>();

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

await builder.Build().RunAsync();
