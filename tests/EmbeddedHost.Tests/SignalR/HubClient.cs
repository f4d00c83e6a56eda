using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace Portico.EmbeddedHost.Tests.SignalR;

/// <summary>A SignalR client over a bare WebSocket: what goes over the wire, and nothing else.</summary>
internal sealed class HubClient : IAsyncDisposable
{
    private readonly ClientWebSocket _socket = new();
    private readonly List<JsonElement> _received = [];
    private readonly StringBuilder _partial = new();

    public static async Task<HubClient> ConnectAsync(Uri hubUrl, string token, string room = "r1")
    {
        var client = new HubClient();
        var url = new UriBuilder(hubUrl) { Scheme = "ws", Query = $"{hubUrl.Query.TrimStart('?')}&room={room}&access_token={Uri.EscapeDataString(token)}" }.Uri;
        await client._socket.ConnectAsync(url, Timeout(10));
        await client.SendAsync("""{"protocol":"json","version":1}""");
        await client.NextAsync(message => message.EnumerateObject().MoveNext() is false);
        return client;
    }

    public Task SendAsync(string json) =>
        _socket.SendAsync(Encoding.UTF8.GetBytes(json + "\u001e"), WebSocketMessageType.Text, endOfMessage: true, Timeout(10));

    public Task CallAsync(string target, string arguments, string? id = null) =>
        SendAsync($$"""{"type":1,{{(id is null ? "" : $"\"invocationId\":\"{id}\",")}}"target":"{{target}}","arguments":{{arguments}}}""");

    /// <summary>The next message to a client method, pings aside.</summary>
    public async Task<JsonElement> NextCallAsync(string target) =>
        (await NextAsync(message => Type(message) == 1 && message.GetProperty("target").GetString() == target)).GetProperty("arguments");

    public Task<JsonElement> NextAnswerAsync(string id) => NextAsync(message => Type(message) == 3 && message.GetProperty("invocationId").GetString() == id);

    /// <summary>Whether the server closes the connection soon.</summary>
    public async Task<bool> IsClosedAsync()
    {
        try
        {
            await NextAsync(message => Type(message) == 7);
            return true;
        }
        catch (WebSocketException)
        {
            return true;
        }
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await _socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, Timeout(5));
        }
        catch (Exception failure) when (failure is WebSocketException or OperationCanceledException or InvalidOperationException)
        {
            // The server was quicker.
        }

        _socket.Dispose();
    }

    public async Task<JsonElement> NextAsync(Func<JsonElement, bool> wanted)
    {
        var buffer = new byte[64 << 10];
        while (true)
        {
            if (_received.FindIndex(message => wanted(message)) is var index and >= 0)
            {
                var found = _received[index];
                _received.RemoveAt(index);
                return found;
            }

            var read = await _socket.ReceiveAsync(buffer, Timeout(15));
            if (read.MessageType == WebSocketMessageType.Close)
            {
                throw new WebSocketException("The server closed the connection.");
            }

            _partial.Append(Encoding.UTF8.GetString(buffer, 0, read.Count));
            var parts = _partial.ToString().Split('\u001e');
            _partial.Clear().Append(parts[^1]);
            _received.AddRange(parts[..^1].Select(part => JsonDocument.Parse(part).RootElement));
        }
    }

    private static int Type(JsonElement message) => message.TryGetProperty("type", out var type) ? type.GetInt32() : 0;

    private static CancellationToken Timeout(int seconds) => new CancellationTokenSource(TimeSpan.FromSeconds(seconds)).Token;
}
