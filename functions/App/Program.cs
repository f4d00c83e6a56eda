using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Hosting;
using Portico;

await FunctionsApplication.CreateBuilder(args).AddPortico().Build().RunAsync();
