using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Abstractions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Azure.Functions.Worker;
using Portico.EmbeddedHost.Invocation;

namespace Portico.EmbeddedHost.Http;

/// <summary>Writes what a function returned as the HTTP response.</summary>
internal static class HttpResponses
{
    /// <remarks>
    /// As in the official integration: <see cref="IActionResult"/> and <see cref="IResult"/> are executed, also from the
    /// <see cref="HttpResultAttribute"/> property of a returned object; any other value leaves the response as the
    /// function wrote it, 200 and empty when it wrote nothing.
    /// </remarks>
    public static Task WriteAsync(HttpContext http, InvocationContext context)
    {
        var value = context.Returned.Value;
        foreach (var output in context.Function.Outputs)
        {
            if (output.Attribute is HttpResultAttribute && output.Property!.DeclaringType!.IsInstanceOfType(value))
            {
                value = output.ValueIn(value);
                break;
            }
        }

        return value switch
        {
            IActionResult result => result.ExecuteResultAsync(new ActionContext(http, http.GetRouteData(), new ActionDescriptor())),
            IResult result => result.ExecuteAsync(http),
            _ => Task.CompletedTask,
        };
    }
}

/// <summary>The response is an output like others, written by <see cref="HttpResponses"/> once those are out.</summary>
internal sealed class HttpResultOutput : IOutputBinding
{
    public bool Sends(FunctionOutput output) => output.Attribute is HttpResultAttribute;

    public ValueTask SendAsync(FunctionOutput output, object value, InvocationContext context) => ValueTask.CompletedTask;
}
