using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;

namespace Conformance.Functions.Http;

/// <summary>Registered first, so around everything. For other triggers than HTTP it awaits nothing of its own: an orchestrator's middleware may not.</summary>
public sealed class OuterMiddleware : IFunctionsWorkerMiddleware
{
    public const string TrailKey = "trail";

    public Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        context.Items[TrailKey] = "outer";
        return context.GetHttpContext() is { } http && http.Request.Path.Value!.Contains("/middleware/", StringComparison.Ordinal) ? AroundAsync(http, context, next) : next(context);
    }

    private static async Task AroundAsync(HttpContext http, FunctionContext context, FunctionExecutionDelegate next)
    {
        try
        {
            await next(context);
        }
        catch (ArgumentException failure)
        {
            context.GetInvocationResult().Value = new ObjectResult(new { Caught = failure.Message }) { StatusCode = StatusCodes.Status422UnprocessableEntity };
        }

        http.Response.Headers["x-after"] = $"{context.Items[TrailKey]} outer-again";
    }
}

/// <summary>Registered second: answers in the function's place, or sees what it returned.</summary>
public sealed class InnerMiddleware : IFunctionsWorkerMiddleware
{
    public Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        context.Items[OuterMiddleware.TrailKey] += " inner";
        return context.GetHttpContext() is { } http && http.Request.Path.Value!.Contains("/middleware/", StringComparison.Ordinal) ? AroundAsync(http, context, next) : next(context);
    }

    private static async Task AroundAsync(HttpContext http, FunctionContext context, FunctionExecutionDelegate next)
    {
        if (http.Request.Query.ContainsKey("refuse"))
        {
            context.GetInvocationResult().Value = new ObjectResult(new { Refused = true }) { StatusCode = StatusCodes.Status403Forbidden };
            return;
        }

        await next(context);
        if (context.GetInvocationResult().Value is OkObjectResult { Value: string said } && http.Request.Query.ContainsKey("replace"))
        {
            context.GetInvocationResult().Value = new OkObjectResult(said + ", replaced");
        }

        context.Items[OuterMiddleware.TrailKey] += " inner-again";
    }
}

/// <summary>What the middleware is around.</summary>
public sealed class MiddlewareProbes(Observations observations)
{
    [Function("InsideMiddleware")]
    public async Task<IActionResult> Inside([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "middleware/inside/{key}")] HttpRequest request, string key, FunctionContext context, CancellationToken cancellation)
    {
        await observations.AddAsync(key, "ran", cancellation);
        context.Items[OuterMiddleware.TrailKey] += " function";
        return new OkObjectResult("the function");
    }

    [Function("ThrowInsideMiddleware")]
    public static IActionResult Throw([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "middleware/throws")] HttpRequest request) => throw new ArgumentException("not this");
}
