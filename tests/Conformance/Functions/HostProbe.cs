using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace Conformance.Functions;

/// <summary>Which process answers.</summary>
public sealed class HostProbe
{
    /// <summary>The flavour is told by the assembly that the surface comes from: the sources are the same.</summary>
    [Function("Alive")]
    public static IActionResult Alive([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "alive")] HttpRequest request) => new OkObjectResult(new
    {
        Flavour = typeof(FunctionAttribute).Assembly.GetName().Name == "Portico.Surface" ? "Embedded" : "Azure",
        Process = Environment.ProcessId,
        StartedAt = Process.GetCurrentProcess().StartTime.ToUniversalTime(),
    });
}
