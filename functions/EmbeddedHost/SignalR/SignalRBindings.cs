using System.Buffers.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Portico.EmbeddedHost.Hosting;
using Portico.EmbeddedHost.Invocation;

namespace Portico.EmbeddedHost.SignalR;

/// <summary>Fills SignalR parameters: what happened on the hub, or the address and token for one client.</summary>
internal sealed partial class SignalRParameters(SignalRService service, HubToken tokens, HostSettings settings) : IParameterBinding
{
    /// <summary>Claims that the hub's own token uses: a caller's go under another name.</summary>
    private static readonly string[] Reserved = ["aud", "exp", "iat", "iss", "nbf", "nameid", HubToken.UserClaim];

    public ArgumentBinder? TryBind(FunctionDescriptor function, BoundParameter parameter) => parameter.Binding switch
    {
        SignalRTriggerAttribute when parameter.Type == typeof(SignalRInvocationContext) => static context => ValueTask.FromResult<object?>(context.Request.Payload),
        SignalRConnectionInfoInputAttribute input when parameter.Type == typeof(SignalRConnectionInfo) => context => ValueTask.FromResult<object?>(ConnectionInfo(input, context)),
        _ => null,
    };

    private SignalRConnectionInfo ConnectionInfo(SignalRConnectionInfoInputAttribute input, InvocationContext context)
    {
        // In lower case, as in Azure: the service knows a hub by no other spelling.
        var hub = input.HubName?.ToLowerInvariant() ?? throw new InvalidOperationException($"Function '{context.Function.Name}': its SignalR connection info names no hub.");
        var user = input.UserId is null ? null : Fill(input.UserId, context);
        return new SignalRConnectionInfo
        {
            Url = $"{OriginFor(context.Request.Payload as HttpContext)}/client/?hub={hub}",
            AccessToken = tokens.ForClient(service.ClientAudiences(hub)[0], string.IsNullOrEmpty(user) ? null : user, ClaimsOf(input, context)),
        };
    }

    // Not verified, as in Azure: whoever lets a function negotiate has checked the token before.
    private static IEnumerable<KeyValuePair<string, string>> ClaimsOf(SignalRConnectionInfoInputAttribute input, InvocationContext context)
    {
        if (input.IdToken is null || input.ClaimTypeList is not { Length: > 0 } wanted || Fill(input.IdToken, context) is not { Length: > 0 } token)
        {
            return [];
        }

        try
        {
            using var payload = JsonDocument.Parse(Base64Url.DecodeFromChars(token.Split('.') is [_, var middle, _] ? middle : throw new FormatException("A JWT has three parts.")));
            return [.. payload.RootElement.EnumerateObject()
                .Where(claim => wanted.Contains(claim.Name))
                .Select(claim => KeyValuePair.Create(Reserved.Contains(claim.Name) ? "asrs.u." + claim.Name : claim.Name, claim.Value.ToString()))];
        }
        catch (Exception failure) when (failure is FormatException or JsonException or InvalidOperationException)
        {
            throw new BindingException(nameof(input.IdToken), "The id token is not a JWT.", failure);
        }
    }

    // Browsers may know the host by several names (localhost, 127.0.0.1, a development proxy): answered by the name they used.
    private string OriginFor(HttpContext? http) =>
        http is null || settings.HasPublicOrigin ? service.ClientEndpoint : $"{http.Request.Scheme}://{http.Request.Host}";

    private static string Fill(string template, InvocationContext context) => Placeholder().Replace(template, part =>
    {
        var request = (context.Request.Payload as HttpContext)?.Request;
        var name = part.Groups["name"].Value;
        return part.Groups["source"].Value switch
        {
            "headers." => request?.Headers[name].ToString(),
            "query." => request?.Query[name].ToString(),
            _ => context.Data.TryGetValue(name, out var value) ? value?.ToString() : null,
        } ?? string.Empty;
    });

    [GeneratedRegex(@"\{(?<source>headers\.|query\.)?(?<name>[A-Za-z0-9_-]+)\}")]
    private static partial Regex Placeholder();
}

/// <summary>Sends messages and group moves that functions return.</summary>
internal sealed class SignalROutputs(HubSender sender) : IOutputBinding
{
    public bool Sends(FunctionOutput output) => output.Attribute is SignalROutputAttribute;

    public async ValueTask SendAsync(FunctionOutput output, object value, InvocationContext context)
    {
        var hub = ((SignalROutputAttribute)output.Attribute).HubName?.ToLowerInvariant()
            ?? throw new InvalidOperationException($"Function '{context.Function.Name}': its SignalR output names no hub.");
        foreach (var action in value as System.Collections.IEnumerable ?? new[] { value })
        {
            await (action switch
            {
                SignalRMessageAction message => SendAsync(hub, message),
                SignalRGroupAction move => MoveAsync(hub, move),
                null => Task.CompletedTask,
                _ => throw new InvalidOperationException($"Function '{context.Function.Name}' returned {action.GetType()} for SignalR: expected SignalRMessageAction or SignalRGroupAction."),
            });
        }
    }

    private Task SendAsync(string hub, SignalRMessageAction message)
    {
        var arguments = JsonSerializer.SerializeToElement(message.Arguments ?? [], JsonSerializerOptions.Web);
        return message switch
        {
            { ConnectionId: { } connection } => sender.SendAsync(hub, HubRecipients.Connection, connection, message.Target, arguments),
            { UserId: { } user } => sender.SendAsync(hub, HubRecipients.User, user, message.Target, arguments),
            { GroupName: { } group } => sender.SendAsync(hub, HubRecipients.Group, group, message.Target, arguments),
            _ => sender.SendAsync(hub, HubRecipients.All, string.Empty, message.Target, arguments),
        };
    }

    private Task MoveAsync(string hub, SignalRGroupAction move) => move switch
    {
        { Action: SignalRGroupActionType.RemoveAll, UserId: { } user } => sender.LeaveUserAsync(hub, user, null),
        { GroupName: null } => throw new InvalidOperationException("A SignalR group action needs a group."),
        { Action: SignalRGroupActionType.Add, ConnectionId: { } connection } => sender.JoinAsync(hub, connection, move.GroupName),
        { Action: SignalRGroupActionType.Add, UserId: { } user } => sender.JoinUserAsync(hub, user, move.GroupName),
        { Action: SignalRGroupActionType.Remove, ConnectionId: { } connection } => sender.LeaveAsync(hub, connection, move.GroupName),
        { Action: SignalRGroupActionType.Remove, UserId: { } user } => sender.LeaveUserAsync(hub, user, move.GroupName),
        _ => throw new InvalidOperationException("A SignalR group action needs a connection or a user."),
    };
}
