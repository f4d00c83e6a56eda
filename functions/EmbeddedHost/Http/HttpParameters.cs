using System.Reflection;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Portico.EmbeddedHost.Invocation;
using MvcJsonOptions = Microsoft.AspNetCore.Mvc.JsonOptions;

namespace Portico.EmbeddedHost.Http;

/// <summary>Parameters of HTTP functions: the request, its context, its JSON body. Route values bind by name as for any trigger.</summary>
internal sealed class HttpParameters : IParameterBinding
{
    public ArgumentBinder? TryBind(FunctionDescriptor function, BoundParameter parameter)
    {
        if (function.Trigger is not HttpTriggerAttribute)
        {
            return null;
        }

        if (parameter.Type == typeof(HttpRequest))
        {
            return static context => ValueTask.FromResult<object?>(Http(context).Request);
        }

        if (parameter.Type == typeof(HttpContext))
        {
            return static context => ValueTask.FromResult<object?>(Http(context));
        }

        return parameter.Parameter.IsDefined(typeof(FromBodyAttribute)) ? context => ReadBodyAsync(context, parameter) : null;
    }

    private static HttpContext Http(InvocationContext context) => (HttpContext)context.Request.Payload;

    private static async ValueTask<object?> ReadBodyAsync(InvocationContext context, BoundParameter parameter)
    {
        var request = Http(context).Request;
        if (!request.HasJsonContentType())
        {
            throw new BadHttpRequestException("The body must be JSON, with content type application/json.", StatusCodes.Status415UnsupportedMediaType);
        }

        try
        {
            var options = context.InstanceServices.GetRequiredService<IOptions<MvcJsonOptions>>().Value.JsonSerializerOptions;
            return await JsonSerializer.DeserializeAsync(request.Body, parameter.Type, options, context.CancellationToken)
                ?? throw new BindingException(parameter.Name, "The body is empty or null.");
        }
        catch (JsonException failure)
        {
            // The path says where; the message could repeat what was sent.
            throw new BindingException(parameter.Name, $"The body is not the expected JSON (at {failure.Path ?? "$"}).", failure);
        }
    }
}
