using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Portico.Assets;
using Portico.Http;

namespace Portico.Realtime;

/// <summary>
/// <c>POST /projects/{id}/negotiate</c>: where to connect to hear of a project. The connection's user is the project
/// itself: the host fills it from the route, which only members pass; a header or query would be the caller's to forge.
/// </summary>
public sealed class NegotiateProject
{
    [Function(nameof(NegotiateProject))]
    [ProjectMember(ProjectResource.Project, "id")]
    public NegotiateResult Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "projects/{id}/negotiate")] HttpRequest request,
        string id,
        [SignalRConnectionInfoInput(HubName = HubMessages.Hub, UserId = "{id}")] SignalRConnectionInfo connection)
    {
        request.HttpContext.Response.Headers.CacheControl = "no-store";
        return new NegotiateResult
        {
            Response = ApiJson.Ok(new { connection.Url, connection.AccessToken }),
            Group = new SignalRGroupAction(SignalRGroupActionType.Add) { UserId = id, GroupName = AssetMessages.Group(id) },
        };
    }
}

/// <summary>The answer, and the group that the connection hears.</summary>
public sealed class NegotiateResult
{
    [HttpResult]
    public required IResult Response { get; init; }

    [SignalROutput(HubName = HubMessages.Hub)]
    public required SignalRGroupAction Group { get; init; }
}
