using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Portico.EmbeddedHost.Tests.Hosting;

namespace Portico.EmbeddedHost.Tests.SignalR;

public sealed class SignalRTestFunctions(Seen seen)
{
    public sealed record Move(double X, string Label);

    [Function("Negotiate")]
    public IActionResult Negotiate(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "negotiate/{user}")] HttpRequest request,
        [SignalRConnectionInfoInput(HubName = "portico", UserId = "{user}")] SignalRConnectionInfo connection) => new OkObjectResult(connection);

    [Function("Connected")]
    public void Connected([SignalRTrigger("portico", "connections", "connected")] SignalRInvocationContext context) =>
        seen.Add($"connected {context.UserId} {context.Query["room"]} {context.Query.ContainsKey("access_token")}");

    [Function("Disconnected")]
    public void Disconnected([SignalRTrigger("portico", "connections", "disconnected")] SignalRInvocationContext context) =>
        seen.Add($"disconnected {context.UserId}");

    [Function("Moved")]
    [SignalROutput(HubName = "portico")]
    public SignalRMessageAction[] Moved([SignalRTrigger("portico", "messages", "object.move", "id", "move")] SignalRInvocationContext context, string id, Move move) =>
    [
        new SignalRMessageAction("moved", [new { id, move.X, move.Label, By = context.UserId }]) { GroupName = "room" },
        new SignalRMessageAction("thanks", [id]) { ConnectionId = context.ConnectionId },
    ];

    [Function("Join")]
    [SignalROutput(HubName = "portico")]
    public SignalRGroupAction Join([SignalRTrigger("portico", "messages", "join")] SignalRInvocationContext context) =>
        new(SignalRGroupActionType.Add) { ConnectionId = context.ConnectionId, GroupName = "room" };

    [Function("Double")]
    public int Double([SignalRTrigger("portico", "messages", "double", "number")] SignalRInvocationContext context, int number) => number * 2;

    [Function("Fail")]
    public int Fail([SignalRTrigger("portico", "messages", "fail")] SignalRInvocationContext context) => throw new InvalidOperationException("the secret reason");
}
