using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Primitives;
using System.Text.Json;

namespace Portico.EmbeddedHost.SignalR;

/// <summary>
/// The hub that clients connect to. It has no behaviour of its own: what happens on it starts functions, and what
/// functions send goes out.
/// </summary>
internal sealed class RelayHub(HubConnections connections, HubTriggers triggers) : Hub
{
    /// <summary>The query parameter that names the hub, as in Azure.</summary>
    public const string HubQuery = "hub";

    private string HubName => Http.Request.Query[HubQuery].ToString();

    private string? User => Context.User?.FindFirst(HubToken.UserClaim)?.Value;

    private HttpContext Http => Context.GetHttpContext() ?? throw new InvalidOperationException("The connection has no HTTP request.");

    public override async Task OnConnectedAsync()
    {
        await Groups.AddToGroupAsync(Context.ConnectionId, HubSender.Scoped(HubName, string.Empty));
        foreach (var group in connections.Add(HubName, Context.ConnectionId, User))
        {
            await Groups.AddToGroupAsync(Context.ConnectionId, HubSender.Scoped(HubName, group));
        }

        await triggers.NotifyAsync(Happened(SignalRInvocationCategory.Connections, "connected", null, null));
    }

    public override async Task OnDisconnectedAsync(Exception? exception)
    {
        connections.Remove(Context.ConnectionId);
        await triggers.NotifyAsync(Happened(SignalRInvocationCategory.Connections, "disconnected", null, exception?.GetType().Name));
    }

    /// <summary>Every method that a client calls arrives here: <see cref="RelayProtocol"/> directs it.</summary>
    public Task<object?> Relay(string target, JsonElement[] arguments) =>
        triggers.AnswerAsync(Happened(SignalRInvocationCategory.Messages, target, [.. arguments.Cast<object>()], null));

    private SignalRInvocationContext Happened(SignalRInvocationCategory category, string name, object[]? arguments, string? error) => new()
    {
        Category = category,
        Event = name,
        Arguments = arguments,
        Error = error,
        Hub = HubName,
        ConnectionId = Context.ConnectionId,
        UserId = User!,
        Headers = new Dictionary<string, StringValues>(),
        Query = Http.Request.Query.Where(pair => pair.Key is not ("access_token" or "id")).ToDictionary(pair => pair.Key, pair => pair.Value),
        Claims = Context.User?.Claims.GroupBy(claim => claim.Type).ToDictionary(group => group.Key, group => new StringValues([.. group.Select(claim => claim.Value)])) ?? [],
    };
}

/// <summary>Users are told apart by hub, like groups.</summary>
internal sealed class HubUserId : IUserIdProvider
{
    public string? GetUserId(HubConnectionContext connection) =>
        connection.User.FindFirst(HubToken.UserClaim)?.Value is { } user && connection.GetHttpContext()?.Request.Query[RelayHub.HubQuery].ToString() is { } hub
            ? HubSender.Scoped(hub, user)
            : null;
}
