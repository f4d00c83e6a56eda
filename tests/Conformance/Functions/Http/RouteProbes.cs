using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using FromBodyAttribute = Microsoft.Azure.Functions.Worker.Http.FromBodyAttribute;

namespace Conformance.Functions.Http;

/// <summary>How requests find functions, and what of a request reaches them.</summary>
public sealed class RouteProbes
{
    public sealed record Colour(string Name, int Red);

    [Function("DefaultRoute")]
    public static IActionResult DefaultRoute([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest request) => new OkObjectResult("by its name");

    [Function("AnyMethod")]
    public static IActionResult AnyMethod([HttpTrigger(AuthorizationLevel.Anonymous, Route = "any-method")] HttpRequest request) => new OkObjectResult(request.Method);

    [Function("OnlyGetAndPut")]
    public static IActionResult OnlyGetAndPut([HttpTrigger(AuthorizationLevel.Anonymous, "get", "put", Route = "get-or-put")] HttpRequest request) => new OkObjectResult(request.Method);

    [Function("ByNumber")]
    public static IActionResult ByNumber([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "numbers/{number:int:min(1)}")] HttpRequest request, int number) =>
        new OkObjectResult(new { Kind = "number", Value = number + 1 });

    [Function("ByGuid")]
    public static IActionResult ByGuid([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "things/{id:guid}")] HttpRequest request, Guid id) =>
        new OkObjectResult(new { Kind = "guid", Value = id });

    [Function("ByLetters")]
    public static IActionResult ByLetters([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "things/{letters:alpha:length(3)}")] HttpRequest request, string letters) =>
        new OkObjectResult(new { Kind = "letters", Value = letters });

    [Function("WithOptionalPart")]
    public static IActionResult WithOptionalPart([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "optional/{first}/{second?}")] HttpRequest request, string first, string? second) =>
        new OkObjectResult(new { First = first, Second = second });

    [Function("WithTail")]
    public static IActionResult WithTail([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "tail/{*rest}")] HttpRequest request, string rest) => new OkObjectResult(rest);

    [Function("OfLevelFunction")]
    public static IActionResult OfLevelFunction([HttpTrigger(AuthorizationLevel.Function, "get", Route = "levels/function")] HttpRequest request) => new OkObjectResult("function");

    [Function("OfLevelAdmin")]
    public static IActionResult OfLevelAdmin([HttpTrigger(AuthorizationLevel.Admin, "get", Route = "levels/admin")] HttpRequest request) => new OkObjectResult("admin");

    /// <summary>Returns the body as it came, and what else of the request a function sees in the answer's headers.</summary>
    [Function("Echo")]
    public static async Task<IActionResult> Echo([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "echo")] HttpRequest request, FunctionContext context, CancellationToken cancellation)
    {
        var body = new MemoryStream();
        await request.Body.CopyToAsync(body, cancellation);
        var answer = request.HttpContext.Response.Headers;
        answer["x-seen-header"] = request.Headers["x-sent"].ToString();
        answer["x-seen-query"] = string.Join('|', request.Query["q"].ToArray());
        answer["x-seen-content-type"] = request.ContentType;
        answer["x-same-request"] = (context.GetHttpContext() == request.HttpContext).ToString();
        return new FileContentResult(body.ToArray(), "application/octet-stream");
    }

    [Function("TakeColour")]
    public static IActionResult TakeColour([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "colours")] HttpRequest request, [FromBody] Colour colour) =>
        new OkObjectResult(colour);

    [Function("Context")]
    public static IActionResult Context([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "contexts/{part}")] HttpRequest request, string part, FunctionContext context, CancellationToken cancellation) =>
        new OkObjectResult(new
        {
            Function = context.FunctionDefinition.Name,
            context.InvocationId,
            EntryPoint = context.FunctionDefinition.EntryPoint,
            Parameters = context.FunctionDefinition.Parameters.Select(parameter => parameter.Name).ToArray(),
            Trigger = context.FunctionDefinition.InputBindings["request"].Type,
            SameToken = cancellation == context.CancellationToken,
            TraceParent = context.TraceContext.TraceParent,
        });
}
