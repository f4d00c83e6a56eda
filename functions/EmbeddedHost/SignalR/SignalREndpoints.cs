using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Portico.EmbeddedHost.SignalR;

/// <summary>
/// Stands in for Azure SignalR Service: clients connect at <c>/client?hub=…</c>, publishers call the REST API
/// (<c>2022-11-01</c>) under <c>/api/hubs</c>. Both prove themselves by a token of <see cref="HubToken"/>.
/// </summary>
internal static class SignalREndpoints
{
    private const long MaxMessageBytes = 1 << 20;

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapHub<RelayHub>("/client");

        var api = endpoints.MapGroup("/api/hubs/{hub}").AddEndpointFilter(RefuseStrangersAsync);
        api.MapPost("/:send", (HttpContext http, HubSender sender, string hub) => SendAsync(http, sender, hub, HubRecipients.All, string.Empty));
        api.MapPost("/groups/{group}/:send", (HttpContext http, HubSender sender, string hub, string group) => SendAsync(http, sender, hub, HubRecipients.Group, group));
        api.MapPost("/users/{user}/:send", (HttpContext http, HubSender sender, string hub, string user) => SendAsync(http, sender, hub, HubRecipients.User, user));
        api.MapPost("/connections/{id}/:send", (HttpContext http, HubSender sender, string hub, string id) => SendAsync(http, sender, hub, HubRecipients.Connection, id));
        api.MapPut("/users/{user}/groups/{group}", async (HubSender sender, string hub, string user, string group) =>
        {
            await sender.JoinUserAsync(hub, user, group);
            return Results.Accepted();
        });
        api.MapDelete("/users/{user}/groups/{group}", async (HubSender sender, string hub, string user, string group) =>
        {
            await sender.LeaveUserAsync(hub, user, group);
            return Results.Accepted();
        });
        api.MapDelete("/users/{user}/groups", async (HubSender sender, string hub, string user) =>
        {
            await sender.LeaveUserAsync(hub, user, null);
            return Results.Ok();
        });
        api.MapPut("/groups/{group}/connections/{id}", async (HubSender sender, string hub, string group, string id) =>
            await sender.JoinAsync(hub, id, group) ? Results.Ok() : Results.NotFound());
        api.MapDelete("/groups/{group}/connections/{id}", async (HubSender sender, string hub, string group, string id) =>
        {
            await sender.LeaveAsync(hub, id, group);
            return Results.Ok();
        });
    }

    /// <summary>Lets only holders of a client token near the hub.</summary>
    public static Task AuthenticateClientsAsync(HttpContext http, RequestDelegate next)
    {
        if (!http.Request.Path.StartsWithSegments("/client"))
        {
            return next(http);
        }

        var services = http.RequestServices;
        var hub = http.Request.Query[RelayHub.HubQuery].ToString();
        var token = BearerToken(http.Request) ?? http.Request.Query["access_token"].ToString();
        if (hub.Length == 0 || services.GetRequiredService<HubToken>().Validate(token, services.GetRequiredService<SignalRService>().ClientAudiences(hub)) is not { } claims)
        {
            http.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return Task.CompletedTask;
        }

        http.User = new ClaimsPrincipal(new ClaimsIdentity(claims.Select(claim => new Claim(claim.Key, claim.Value)), "AzureSignalR", HubToken.UserClaim, null));
        return next(http);
    }

    private static ValueTask<object?> RefuseStrangersAsync(EndpointFilterInvocationContext call, EndpointFilterDelegate next)
    {
        var http = call.HttpContext;
        var service = http.RequestServices.GetRequiredService<SignalRService>();
        var path = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.Split('?')[0];

        // Senders differ in whether the audience is written percent-encoded: ':' in a group's name may be either.
        string[] audiences = [service.Endpoint + path, service.Endpoint + Uri.UnescapeDataString(path)];
        return BearerToken(http.Request) is { } token && http.RequestServices.GetRequiredService<HubToken>().Validate(token, audiences) is not null
            ? next(call)
            : ValueTask.FromResult<object?>(Results.Unauthorized());
    }

    private static async Task<IResult> SendAsync(HttpContext http, HubSender sender, string hub, HubRecipients recipients, string name)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = MaxMessageBytes;
        }

        try
        {
            using var body = await JsonDocument.ParseAsync(http.Request.Body, cancellationToken: http.RequestAborted);
            if (body.RootElement.ValueKind != JsonValueKind.Object
                || !body.RootElement.TryGetProperty("target", out var target) || target.ValueKind != JsonValueKind.String
                || !body.RootElement.TryGetProperty("arguments", out var arguments) || arguments.ValueKind != JsonValueKind.Array)
            {
                return Results.BadRequest();
            }

            await sender.SendAsync(hub, recipients, name, target.GetString()!, arguments.Clone());
            return Results.Accepted();
        }
        catch (JsonException)
        {
            return Results.BadRequest();
        }
    }

    private static string? BearerToken(HttpRequest request) =>
        request.Headers.Authorization.ToString() is { } header && header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? header["Bearer ".Length..] : null;
}
