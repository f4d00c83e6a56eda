using System.Net.Http.Headers;
using System.Net.Http.Json;
using Portico.Http;
using Portico.Storage;

namespace Portico.Realtime;

/// <summary>Sends through the REST API of Azure SignalR Service (2022-11-01), which the embedded host answers too.</summary>
public sealed class HubMessages(HttpClient http, HubEndpoint endpoint) : IHubMessages
{
    public const string Hub = "portico";
    private const string Version = "?api-version=2022-11-01";

    /// <inheritdoc />
    public async Task SendToGroupAsync(string group, string target, object argument, CancellationToken cancellation)
    {
        var address = $"{endpoint.Address}/api/hubs/{Hub}/groups/{Uri.EscapeDataString(group)}/:send";
        using var request = new HttpRequestMessage(HttpMethod.Post, address + Version)
        {
            Content = JsonContent.Create(new { target, arguments = new[] { argument } }, options: ApiJson.Options),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await endpoint.TokenForAsync(address, cancellation));
        FaultPoint.Reached("hub.send.before");
        using var response = await http.SendAsync(request, cancellation);
        response.EnsureSuccessStatusCode();
        FaultPoint.Reached("hub.sent");
    }

    /// <summary>Whether the service answers.</summary>
    public async Task<bool> IsHealthyAsync(CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Head, $"{endpoint.Address}/api/health{Version}");
        using var response = await http.SendAsync(request, cancellation);
        return response.IsSuccessStatusCode;
    }
}
