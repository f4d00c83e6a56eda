var builder = WebApplication.CreateBuilder(args);
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
var app = builder.Build();

app.MapGet("/api/v1/hello", () => Results.Text("Hello, World!"));
app.MapPost("/api/v1/echo", async (HttpRequest request, CancellationToken cancellation) =>
{
    using var body = new MemoryStream();
    await request.Body.CopyToAsync(body, cancellation);
    return Results.Bytes(body.ToArray(), "application/json");
});

app.Run();
