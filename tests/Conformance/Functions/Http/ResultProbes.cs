using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace Conformance.Functions.Http;

/// <summary>What a function may return, and what becomes of it.</summary>
public sealed class ResultProbes(InvocationScope scope)
{
    public sealed record Shape(string LongName, int? Nothing, DateTimeOffset When);

    public sealed class ResponseAndBlob
    {
        [HttpResult]
        public IActionResult? Response { get; set; }

        [BlobOutput("conformance-outputs/{name}.txt")]
        public string? Content { get; set; }
    }

    private static readonly Shape Example = new("a", null, new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));

    [Function("ReturnObject")]
    public static IActionResult ReturnObject([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "results/object")] HttpRequest request) =>
        new ObjectResult(Example) { StatusCode = StatusCodes.Status203NonAuthoritative };

    [Function("ReturnJson")]
    public static IResult ReturnJson([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "results/json")] HttpRequest request) =>
        Results.Json(Example, statusCode: StatusCodes.Status203NonAuthoritative);

    [Function("ReturnCreated")]
    public static IResult ReturnCreated([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "results/created")] HttpRequest request) =>
        Results.Created("/somewhere/else", new { Id = 7 });

    [Function("ReturnNoContent")]
    public static IActionResult ReturnNoContent([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "results/no-content")] HttpRequest request) => new NoContentResult();

    [Function("ReturnNotFound")]
    public static IActionResult ReturnNotFound([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "results/not-found")] HttpRequest request) =>
        new NotFoundObjectResult(new { Reason = "the function says so" });

    [Function("ReturnRedirect")]
    public static IActionResult ReturnRedirect([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "results/redirect")] HttpRequest request) => new RedirectResult("/elsewhere");

    [Function("ReturnText")]
    public static IActionResult ReturnText([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "results/text")] HttpRequest request) =>
        new ContentResult { Content = "<p>Grüße</p>", ContentType = "text/html; charset=utf-8", StatusCode = StatusCodes.Status418ImATeapot };

    [Function("ReturnStream")]
    public static IResult ReturnStream([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "results/stream")] HttpRequest request) =>
        Results.Stream(new MemoryStream(Enumerable.Range(0, 300_000).Select(i => (byte)i).ToArray()), "video/mp4", enableRangeProcessing: true);

    [Function("WriteItself")]
    public static async Task WriteItself([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "results/written")] HttpRequest request, CancellationToken cancellation)
    {
        var response = request.HttpContext.Response;
        response.StatusCode = StatusCodes.Status206PartialContent;
        response.ContentType = "text/plain";
        response.Headers["x-written"] = "by hand";
        await response.WriteAsync("first ", cancellation);
        await response.WriteAsync("second", cancellation);
    }

    [Function("ReturnResponseAndBlob")]
    public static ResponseAndBlob ReturnResponseAndBlob([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "results/with-blob/{name}")] HttpRequest request, string name) => new()
    {
        Response = new ObjectResult(new { Stored = name }) { StatusCode = StatusCodes.Status202Accepted },
        Content = $"for {name}",
    };

    [Function("Throw")]
    public static IActionResult Throw([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "results/exception")] HttpRequest request) =>
        throw new InvalidOperationException("a secret that belongs in the log");

    [Function("Scope")]
    public IActionResult Scope([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "results/scope")] HttpRequest request) => new OkObjectResult(new
    {
        Mine = scope.Id,
        Again = ((InvocationScope?)request.HttpContext.RequestServices.GetService(typeof(InvocationScope)))?.Id,
    });
}
