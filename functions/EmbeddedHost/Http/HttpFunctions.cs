using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Portico.EmbeddedHost.Hosting;
using Portico.EmbeddedHost.Invocation;

namespace Portico.EmbeddedHost.Http;

/// <summary>
/// Serves HTTP functions below host.json's prefix. As on a local official host, no <see cref="AuthorizationLevel"/>
/// asks for a key: keys are Azure's, and the app authorises by its own middleware.
/// </summary>
internal static class HttpFunctions
{
    public static void Map(IEndpointRouteBuilder endpoints)
    {
        var services = endpoints.ServiceProvider;
        var settings = services.GetRequiredService<HostSettings>();
        var pipeline = services.GetRequiredService<InvocationPipeline>();
        var drain = services.GetRequiredService<Drain>();
        foreach (var (function, trigger) in services.GetRequiredService<FunctionCatalog>().TriggeredBy<HttpTriggerAttribute>())
        {
            var pattern = $"/{settings.RoutePrefix}/{trigger.Route ?? function.Name}";
            RequestDelegate answer = http => AnswerAsync(http, function, pipeline, drain);
            var mapped = trigger.Methods is { Length: > 0 } methods
                ? endpoints.MapMethods(pattern, methods.Select(method => method.ToUpperInvariant()), answer)
                : endpoints.Map(pattern, answer);
            mapped.WithDisplayName(function.Name).WithMetadata(function);
        }
    }

    private static async Task AnswerAsync(HttpContext http, FunctionDescriptor function, InvocationPipeline pipeline, Drain drain)
    {
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, drain.Expired);
        await pipeline.InvokeAsync(
            function,
            new InvocationRequest(http),
            context =>
            {
                context.Items[FunctionContextExtensions.HttpContextKey] = http;
                http.RequestServices = context.InstanceServices;
                foreach (var (name, value) in http.Request.RouteValues)
                {
                    context.Data[name] = value;
                }
            },
            context => HttpResponses.WriteAsync(http, context),
            cancellation.Token);
    }
}
