using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using FromBodyAttribute = Microsoft.Azure.Functions.Worker.Http.FromBodyAttribute;
using Portico.EmbeddedHost.Tests.Hosting;

namespace Portico.EmbeddedHost.Tests.Http;

public sealed class HttpTestFunctions(Seen seen, ScopedThing scoped)
{
    public sealed record Colour(string Name, int Red);

    public sealed class Both
    {
        [HttpResult]
        public IActionResult? Response { get; set; }

        [SignalROutput(HubName = "portico")]
        public SignalRMessageAction? Message { get; set; }
    }

    [Function("GetItem")]
    public IActionResult GetItem([HttpTrigger(AuthorizationLevel.Function, "get", Route = "items/{id:guid}/{number:int}")] HttpRequest request, Guid id, int number) =>
        new OkObjectResult(new { ItemId = id, Number = number, Query = request.Query["q"].ToString() });

    [Function("AddColour")]
    public IResult AddColour([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "colours")] HttpRequest request, [FromBody] Colour colour, FunctionContext context) =>
        Results.Created($"/colours/{colour.Name}", new { colour.Red, context.FunctionDefinition.Name, SameRequest = context.GetHttpContext() == request.HttpContext });

    [Function("ReadBody")]
    public async Task<IActionResult> ReadBody([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "body")] HttpRequest request, CancellationToken cancellation)
    {
        var buffer = new MemoryStream();
        await request.Body.CopyToAsync(buffer, cancellation);
        return new OkObjectResult(buffer.Length);
    }

    [Function("Break")]
    public IActionResult Break([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "break")] HttpRequest request) =>
        throw new InvalidOperationException("the secret of the broken thing");

    [Function("Scope")]
    public async Task<string> Scope([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "scope")] HttpRequest request)
    {
        await request.HttpContext.Response.WriteAsync(scoped.Id.ToString());
        return string.Empty;
    }

    [Function("Both")]
    public Both SendBoth([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "both")] HttpRequest request) => new()
    {
        Response = new ObjectResult(new { Sent = true }) { StatusCode = 202 },
        Message = new SignalRMessageAction("told", [new { FromFunction = 1 }]) { GroupName = "room" },
    };

    [Function("Slow")]
    public async Task<IActionResult> Slow([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "slow")] HttpRequest request, CancellationToken cancellation)
    {
        seen.Add("slow began");
        try
        {
            await seen.Gate.Task.WaitAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            seen.Add("slow was cancelled");
            throw;
        }

        return new OkObjectResult("finished");
    }

    [Function("Hidden")]
    public IActionResult Hidden([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "hidden")] HttpRequest request)
    {
        seen.Add($"hidden {request.QueryString}");
        return new OkResult();
    }

    [Function("TurnedOff")]
    public IActionResult TurnedOff([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "off")] HttpRequest request) => new OkResult();

    [Function("EarlyReturn")]
    public static IActionResult Missing([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "missing")] HttpRequest request) => new NotFoundResult();
}
