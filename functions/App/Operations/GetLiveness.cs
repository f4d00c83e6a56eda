using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Portico.Http;

namespace Portico.Operations;

/// <summary><c>GET /health/live</c>: 200 when requests reach functions; nothing that we stand on is asked. For whoever restarts what hangs.</summary>
public static class GetLiveness
{
    [Function(nameof(GetLiveness))]
    [Public("Whoever restarts the process asks without an account.")]
    public static IResult Run([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "health/live")] HttpRequest request)
    {
        request.HttpContext.Response.Headers.CacheControl = "no-store";
        return Results.Text("ok");
    }
}
