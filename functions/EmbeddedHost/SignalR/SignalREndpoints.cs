using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Portico.EmbeddedHost.SignalR;

/// <summary>
/// Stands in for Azure SignalR Service: clients connect at <c>/client?hub=…</c>, publishers call the REST API
/// (<c>2022-11-01</c>) under <c>/api/hubs</c>. Both prove themselves by a token of <see cref="HubToken"/>.
/// </summary>
internal static class SignalREndpoints
{
    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapHub<RelayHub>("/client");

        endpoints.MapMethods("/api/health", ["HEAD"], _ => Task.CompletedTask);
        var api = new RestApi(endpoints.ServiceProvider);
        const string hub = "/api/hubs/{hub}";
        endpoints.MapPost(hub + "/:send", http => api.SendAsync(http, HubRecipients.All, string.Empty));
        endpoints.MapPost(hub + "/groups/{group}/:send", http => api.SendAsync(http, HubRecipients.Group, Value(http, "group")));
        endpoints.MapPost(hub + "/users/{user}/:send", http => api.SendAsync(http, HubRecipients.User, Value(http, "user")));
        endpoints.MapPost(hub + "/connections/{id}/:send", http => api.SendAsync(http, HubRecipients.Connection, Value(http, "id")));
        endpoints.MapPut(hub + "/users/{user}/groups/{group}", api.JoinUserAsync);
        endpoints.MapDelete(hub + "/users/{user}/groups/{group?}", api.LeaveUserAsync);
        endpoints.MapPut(hub + "/groups/{group}/connections/{id}", api.JoinAsync);
        endpoints.MapDelete(hub + "/groups/{group}/connections/{id}", api.LeaveAsync);
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

    internal static string? BearerToken(HttpRequest request) =>
        request.Headers.Authorization.ToString() is { } header && header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? header["Bearer ".Length..] : null;

    internal static string Value(HttpContext http, string name) => http.Request.RouteValues[name] as string ?? string.Empty;
}
