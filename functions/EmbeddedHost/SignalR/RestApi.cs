using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Portico.EmbeddedHost.SignalR;

/// <summary>
/// The calls of Azure SignalR Service's REST API that publishers use. Each needs a bearer token whose audience is the
/// very address that is called, so that a token for one group opens no other.
/// </summary>
internal sealed class RestApi(IServiceProvider services)
{
    private const long MaxMessageBytes = 1 << 20;

    private readonly SignalRService _service = services.GetRequiredService<SignalRService>();
    private readonly HubToken _tokens = services.GetRequiredService<HubToken>();
    private readonly HubSender _sender = services.GetRequiredService<HubSender>();

    /// <summary>Body <c>{"target": "…", "arguments": […]}</c>; 202 when it is on its way, 400 when it is something else.</summary>
    public async Task SendAsync(HttpContext http, HubRecipients recipients, string name)
    {
        if (!Allow(http))
        {
            return;
        }

        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = MaxMessageBytes;
        }

        http.Response.StatusCode = StatusCodes.Status400BadRequest;
        try
        {
            using var body = await JsonDocument.ParseAsync(http.Request.Body, cancellationToken: http.RequestAborted);
            if (body.RootElement.ValueKind == JsonValueKind.Object
                && body.RootElement.TryGetProperty("target", out var target) && target.ValueKind == JsonValueKind.String
                && body.RootElement.TryGetProperty("arguments", out var arguments) && arguments.ValueKind == JsonValueKind.Array)
            {
                await _sender.SendAsync(Hub(http), recipients, name, target.GetString()!, arguments.Clone());
                http.Response.StatusCode = StatusCodes.Status202Accepted;
            }
        }
        catch (JsonException)
        {
            // 400 stands.
        }
    }

    public async Task JoinUserAsync(HttpContext http)
    {
        if (Allow(http))
        {
            await _sender.JoinUserAsync(Hub(http), SignalREndpoints.Value(http, "user"), SignalREndpoints.Value(http, "group"));
            http.Response.StatusCode = StatusCodes.Status202Accepted;
        }
    }

    /// <summary>Without a group in the address: out of all groups.</summary>
    public async Task LeaveUserAsync(HttpContext http)
    {
        if (Allow(http))
        {
            await _sender.LeaveUserAsync(Hub(http), SignalREndpoints.Value(http, "user"), http.Request.RouteValues["group"] as string);
            http.Response.StatusCode = StatusCodes.Status202Accepted;
        }
    }

    /// <summary>404 when there is no such connection.</summary>
    public async Task JoinAsync(HttpContext http)
    {
        if (Allow(http))
        {
            var joined = await _sender.JoinAsync(Hub(http), SignalREndpoints.Value(http, "id"), SignalREndpoints.Value(http, "group"));
            http.Response.StatusCode = joined ? StatusCodes.Status200OK : StatusCodes.Status404NotFound;
        }
    }

    public async Task LeaveAsync(HttpContext http)
    {
        if (Allow(http))
        {
            await _sender.LeaveAsync(Hub(http), SignalREndpoints.Value(http, "id"), SignalREndpoints.Value(http, "group"));
        }
    }

    private static string Hub(HttpContext http) => SignalREndpoints.Value(http, "hub");

    private bool Allow(HttpContext http)
    {
        // Senders differ in whether the audience is written percent-encoded: ':' in a group's name may be either.
        var path = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.Split('?')[0];
        if (SignalREndpoints.BearerToken(http.Request) is { } token
            && _tokens.Validate(token, _service.Endpoint + path, _service.Endpoint + Uri.UnescapeDataString(path)) is not null)
        {
            return true;
        }

        http.Response.StatusCode = StatusCodes.Status401Unauthorized;
        return false;
    }
}
