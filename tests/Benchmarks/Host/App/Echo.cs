using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace HostBenchmark;

/// <summary>The same two answers as Bare/Program.cs gives, as functions.</summary>
public static class Echo
{
    [Function(nameof(Hello))]
    public static IResult Hello([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "hello")] HttpRequest request) =>
        Results.Text("Hello, World!");

    [Function(nameof(Echo))]
    public static async Task<IResult> Run([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "echo")] HttpRequest request, CancellationToken cancellation)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, cancellation);
        return Results.Bytes(body.ToArray(), "application/json");
    }
}
