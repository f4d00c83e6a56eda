using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace Conformance.Functions.Realtime;

/// <summary>What functions do on a hub, and what a hub does to functions. The hub's name has a capital letter on purpose.</summary>
public sealed class RealtimeProbes(Observations observations)
{
    private const string Hub = "Conformance";

    public sealed record Move(double X, string Label);

    [Function("NegotiateAs")]
    public static IActionResult NegotiateAs(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "realtime/{user}/negotiate")] HttpRequest request,
        [SignalRConnectionInfoInput(HubName = Hub, UserId = "{user}")] SignalRConnectionInfo connection) => new OkObjectResult(connection);

    [Function("NegotiateByHeader")]
    public static IActionResult NegotiateByHeader(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "realtime-by-header/negotiate")] HttpRequest request,
        [SignalRConnectionInfoInput(HubName = Hub, UserId = "{headers.x-user}")] SignalRConnectionInfo connection) => new OkObjectResult(connection);

    [Function("NegotiateWithClaims")]
    public static IActionResult NegotiateWithClaims(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "realtime-with-claims/negotiate")] HttpRequest request,
        [SignalRConnectionInfoInput(HubName = Hub, IdToken = "{headers.x-id-token}", ClaimTypeList = ["name", "team"])] SignalRConnectionInfo connection) => new OkObjectResult(connection);

    [Function("NegotiateNobody")]
    public static IActionResult NegotiateNobody(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "realtime-nobody/negotiate")] HttpRequest request,
        [SignalRConnectionInfoInput(HubName = Hub)] SignalRConnectionInfo connection) => new OkObjectResult(connection);

    public sealed class Sent
    {
        [HttpResult]
        public IActionResult? Response { get; set; }

        [SignalROutput(HubName = Hub)]
        public SignalRMessageAction[]? Messages { get; set; }
    }

    public sealed class Moved
    {
        [HttpResult]
        public IActionResult? Response { get; set; }

        [SignalROutput(HubName = Hub)]
        public SignalRGroupAction? Group { get; set; }
    }

    /// <summary>Sends "told" with the text to a user, a group, a connection, or everybody.</summary>
    [Function("SendTo")]
    public static Sent SendTo([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "realtime-send/{kind}/{to}/{text}")] HttpRequest request, string kind, string to, string text) => new()
    {
        Response = new AcceptedResult(),
        Messages =
        [
            kind switch
            {
                "user" => new SignalRMessageAction("told", [text]) { UserId = to },
                "group" => new SignalRMessageAction("told", [text]) { GroupName = to },
                "connection" => new SignalRMessageAction("told", [text]) { ConnectionId = to },
                _ => new SignalRMessageAction("told", [text]),
            },
        ],
    };

    [Function("MoveUser")]
    public static Moved MoveUser([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "realtime-groups/{group}/{user}/{action}")] HttpRequest request, string group, string user, string action) => new()
    {
        Response = new AcceptedResult(),
        Group = new SignalRGroupAction(Enum.Parse<SignalRGroupActionType>(action)) { GroupName = group, UserId = user },
    };

    [Function("Connected")]
    public Task Connected([SignalRTrigger(Hub, "connections", "connected")] SignalRInvocationContext context) =>
        observations.AddAsync($"realtime-{context.UserId}", $"connected {context.Query["room"]}");

    [Function("Disconnected")]
    public Task Disconnected([SignalRTrigger(Hub, "connections", "disconnected")] SignalRInvocationContext context) =>
        observations.AddAsync($"realtime-{context.UserId}", "disconnected");

    [Function("ShareMove")]
    [SignalROutput(HubName = Hub)]
    public static SignalRMessageAction ShareMove([SignalRTrigger(Hub, "messages", "move", "id", "move")] SignalRInvocationContext context, string id, Move move) =>
        new("moved", [id, move.X, move.Label, context.UserId]) { ConnectionId = context.ConnectionId };
}
