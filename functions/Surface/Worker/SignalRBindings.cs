using System.Text.Json.Serialization;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;
using Microsoft.Extensions.Primitives;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>Gives a function the address and token with which one client may connect to the hub.</summary>
public sealed class SignalRConnectionInfoInputAttribute : InputBindingAttribute
{
    /// <summary>The setting that holds the service's connection string; <c>AzureSignalRConnectionString</c> when null.</summary>
    public string? ConnectionStringSetting { get; set; }

    /// <summary>The hub to connect to.</summary>
    public string? HubName { get; set; }

    /// <summary>The user that the connection will belong to; <c>{headers.x}</c>, <c>{query.x}</c> and route values may stand in it.</summary>
    public string? UserId { get; set; }

    /// <summary>A JWT whose claims are passed on.</summary>
    public string? IdToken { get; set; }

    /// <summary>Which claims of <see cref="IdToken"/> are passed on.</summary>
    public string[]? ClaimTypeList { get; set; }
}

/// <summary>Where a client connects, and what proves that it may.</summary>
public sealed class SignalRConnectionInfo
{
    /// <summary>The hub's client address.</summary>
    public string Url { get; set; } = null!;

    /// <summary>A bearer token that lives an hour at most.</summary>
    public string AccessToken { get; set; } = null!;
}

/// <summary>Sends what the function returns: <see cref="SignalRMessageAction"/> or <see cref="SignalRGroupAction"/>, one or an array.</summary>
public sealed class SignalROutputAttribute : OutputBindingAttribute
{
    /// <summary>The setting that holds the service's connection string; <c>AzureSignalRConnectionString</c> when null.</summary>
    public string? ConnectionStringSetting { get; set; }

    /// <summary>The hub to send on.</summary>
    public string? HubName { get; set; }
}

/// <summary>A message to everyone, or to the one connection, user or group that is named.</summary>
public sealed class SignalRMessageAction
{
    public SignalRMessageAction(string target)
    {
        ArgumentNullException.ThrowIfNull(target);
        Target = target;
    }

    public SignalRMessageAction(string target, object[]? arguments)
        : this(target) => Arguments = arguments;

    /// <summary>Send to this connection.</summary>
    public string? ConnectionId { get; set; }

    /// <summary>Send to this user's connections.</summary>
    public string? UserId { get; set; }

    /// <summary>Send to this group.</summary>
    public string? GroupName { get; set; }

    /// <summary>The client method.</summary>
    public string Target { get; }

    /// <summary>Its arguments, serialised as JSON.</summary>
    public object[]? Arguments { get; set; }

    /// <summary>Service endpoints; a single one here.</summary>
    public SignalREndpoint[]? Endpoints { get; set; }
}

/// <summary>Puts a connection or a user into a group, or takes it out.</summary>
public sealed class SignalRGroupAction(SignalRGroupActionType actionType)
{
    /// <summary>The connection moved.</summary>
    public string? ConnectionId { get; set; }

    /// <summary>The user moved, with connections made later included.</summary>
    public string? UserId { get; set; }

    /// <summary>The group; not needed to remove from all.</summary>
    public string? GroupName { get; set; }

    /// <summary>In, out, or out of all.</summary>
    public SignalRGroupActionType Action { get; set; } = actionType;

    /// <summary>Service endpoints; a single one here.</summary>
    public SignalREndpoint[]? Endpoints { get; set; }
}

/// <summary>In, out, or out of all.</summary>
[JsonConverter(typeof(JsonStringEnumConverter))]
public enum SignalRGroupActionType
{
    Add,
    Remove,
    RemoveAll,
}

/// <summary>Starts a function by what happens on the hub.</summary>
/// <param name="hubName">The hub.</param>
/// <param name="category"><c>connections</c> or <c>messages</c>.</param>
/// <param name="event"><c>connected</c> or <c>disconnected</c>; or the method a client invokes.</param>
/// <param name="parameterNames">For messages: names that bind the arguments to parameters, in order.</param>
public sealed class SignalRTriggerAttribute(string hubName, string category, string @event, params string[] parameterNames) : TriggerBindingAttribute
{
    public SignalRTriggerAttribute(string hubName, string category, string @event)
        : this(hubName, category, @event, [])
    {
    }

    /// <summary>The setting that holds the service's connection string; <c>AzureSignalRConnectionString</c> when null.</summary>
    public string? ConnectionStringSetting { get; set; }

    /// <summary>The hub.</summary>
    public string HubName { get; } = hubName;

    /// <summary><c>connections</c> or <c>messages</c>.</summary>
    public string Category { get; } = category;

    /// <summary>The event or method.</summary>
    public string Event { get; } = @event;

    /// <summary>Names of the arguments.</summary>
    public string[] ParameterNames { get; } = parameterNames;
}

/// <summary>What happened on the hub, and to whom.</summary>
public sealed class SignalRInvocationContext
{
    /// <summary>Arguments of a message, as JSON elements; null for connections.</summary>
    public object[]? Arguments { get; set; }

    /// <summary>Why a connection ended, when it ended in error.</summary>
    public string? Error { get; set; }

    /// <summary>Connections or messages.</summary>
    public SignalRInvocationCategory Category { get; set; }

    /// <summary>The event or method.</summary>
    public string Event { get; set; } = null!;

    /// <summary>The hub.</summary>
    public string Hub { get; set; } = null!;

    /// <summary>The connection.</summary>
    public string ConnectionId { get; set; } = null!;

    /// <summary>Its user; null for an anonymous connection.</summary>
    public string UserId { get; set; } = null!;

    /// <summary>Headers of the service's request.</summary>
    public IDictionary<string, StringValues> Headers { get; set; } = null!;

    /// <summary>The client's query when it connected.</summary>
    public IDictionary<string, StringValues> Query { get; set; } = null!;

    /// <summary>Claims of the client's token.</summary>
    public IDictionary<string, StringValues> Claims { get; set; } = null!;
}

/// <summary>Connections or messages.</summary>
[JsonConverter(typeof(JsonStringEnumConverter))]
public enum SignalRInvocationCategory
{
    Connections,
    Messages,
}

/// <summary>One instance of the realtime service.</summary>
public sealed class SignalREndpoint
{
    /// <summary>Used first, or when the first is down.</summary>
    public SignalREndpointType EndpointType { get; set; }

    /// <summary>Its name in settings.</summary>
    public string Name { get; set; } = null!;

    /// <summary>Its address.</summary>
    public string Endpoint { get; set; } = null!;

    /// <summary>Whether it answers.</summary>
    public bool Online { get; set; }
}

/// <summary>Used first, or when the first is down.</summary>
[JsonConverter(typeof(JsonStringEnumConverter))]
public enum SignalREndpointType
{
    Primary,
    Secondary,
}
