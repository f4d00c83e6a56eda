using System.Text.Json;
using Microsoft.AspNetCore.SignalR;

namespace Portico.EmbeddedHost.SignalR;

/// <summary>Whom a message goes to.</summary>
internal enum HubRecipients
{
    All,
    Group,
    User,
    Connection,
}

/// <summary>Sends to clients and moves them between groups. The REST API and the output binding both end here.</summary>
internal sealed class HubSender(IHubContext<RelayHub> hub, HubConnections connections, HubMeter meter)
{
    /// <param name="name">Group, user or connection id; ignored for all.</param>
    /// <param name="arguments">A JSON array.</param>
    public Task SendAsync(string hubName, HubRecipients recipients, string name, string target, JsonElement arguments)
    {
        var (clients, count) = recipients switch
        {
            HubRecipients.Group => (hub.Clients.Group(Scoped(hubName, name)), connections.CountGroup(hubName, name)),
            HubRecipients.User => (hub.Clients.User(Scoped(hubName, name)), connections.CountUser(hubName, name)),
            HubRecipients.Connection => (hub.Clients.Client(name), connections.IsConnected(hubName, name) ? 1 : 0),
            _ => (hub.Clients.Group(Scoped(hubName, string.Empty)), connections.CountAll(hubName)),
        };
        if (count == 0)
        {
            return Task.CompletedTask;
        }

        meter.CountOutbound(target.Length + arguments.GetRawText().Length, count);
        return clients.SendCoreAsync(target, [.. arguments.EnumerateArray().Select(argument => (object?)argument)]);
    }

    public async Task<bool> JoinAsync(string hubName, string connectionId, string group)
    {
        if (!connections.Join(hubName, connectionId, group))
        {
            return false;
        }

        await hub.Groups.AddToGroupAsync(connectionId, Scoped(hubName, group));
        return true;
    }

    public Task LeaveAsync(string hubName, string connectionId, string group)
    {
        connections.Leave(hubName, connectionId, group);
        return hub.Groups.RemoveFromGroupAsync(connectionId, Scoped(hubName, group));
    }

    public async Task JoinUserAsync(string hubName, string user, string group)
    {
        foreach (var connectionId in connections.JoinUser(hubName, user, group))
        {
            await hub.Groups.AddToGroupAsync(connectionId, Scoped(hubName, group));
        }
    }

    public async Task LeaveUserAsync(string hubName, string user, string? group)
    {
        foreach (var (connectionId, left) in connections.LeaveUser(hubName, user, group))
        {
            await hub.Groups.RemoveFromGroupAsync(connectionId, Scoped(hubName, left));
        }
    }

    /// <summary>One ASP.NET Core hub serves all hubs: names are kept apart by a prefix. The empty group holds everyone on a hub.</summary>
    public static string Scoped(string hubName, string name) => $"{hubName}/{name}";
}
