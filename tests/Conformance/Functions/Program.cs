using Azure.Storage.Blobs;
using Conformance.Functions;
using Conformance.Functions.Http;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

var builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();
builder.UseMiddleware<OuterMiddleware>();
builder.UseMiddleware<InnerMiddleware>();

// Read when first used: an embedded host that was just started has no storage to answer yet.
builder.Services.AddSingleton(_ => new BlobServiceClient(builder.Configuration["AzureWebJobsStorage"]));
builder.Services.AddSingleton<Observations>();
builder.Services.AddScoped<InvocationScope>();

await builder.Build().RunAsync();
