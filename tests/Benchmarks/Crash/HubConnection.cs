using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace CrashBenchmark;

/// <summary>One SignalR connection over a bare WebSocket, from its handshake until either side ends.</summary>
public sealed class HubConnection : IAsyncDisposable
{
    private const char EndOfMessage = '\u001e';
    private readonly ClientWebSocket _socket = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource<JsonElement>> _asked = new();
    private readonly TaskCompletionSource _greeted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Action<string, JsonElement> _called;
    private int _lastId;

    private HubConnection(Action<string, JsonElement> called) => _called = called;

    /// <summary>Completes when the connection has ended, for whatever reason.</summary>
    public Task Ended { get; private set; } = Task.CompletedTask;

    /// <param name="origin">The host's address: what the negotiation answered may name another way to it.</param>
    /// <param name="called">Told of every call of a client method: its name and arguments.</param>
    /// <exception cref="WebSocketException">The host did not answer, or not as a hub.</exception>
    public static async Task<HubConnection> ConnectAsync(Uri origin, JsonElement negotiated, Action<string, JsonElement> called, CancellationToken cancellation)
    {
        var url = new Uri(origin, new Uri(origin, negotiated.GetProperty("url").GetString()!).PathAndQuery);
        var token = Uri.EscapeDataString(negotiated.GetProperty("accessToken").GetString()!);
        var connection = new HubConnection(called);
        await connection._socket.ConnectAsync(new UriBuilder(url) { Scheme = "ws", Query = $"{url.Query.TrimStart('?')}&access_token={token}" }.Uri, cancellation);
        connection.Ended = Task.Run(connection.ReceiveAsync, CancellationToken.None);
        await connection.SendAsync("""{"protocol":"json","version":1}""", cancellation);
        await connection._greeted.Task.WaitAsync(cancellation);
        return connection;
    }

    /// <summary>Calls a hub method and waits for its answer: the whole completion message.</summary>
    /// <exception cref="WebSocketException">The connection ended before there was one.</exception>
    public async Task<JsonElement> AskAsync(string target, object[] arguments, CancellationToken cancellation)
    {
        var id = $"{Interlocked.Increment(ref _lastId)}";
        var answer = _asked[id] = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await SendAsync(JsonSerializer.Serialize(new { type = 1, invocationId = id, target, arguments }), cancellation);
        if (Ended.IsCompleted)
        {
            throw new WebSocketException("The connection has ended.");
        }

        return await answer.Task.WaitAsync(cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        _socket.Abort();
        await Ended;
        _socket.Dispose();
    }

    private async Task SendAsync(string json, CancellationToken cancellation)
    {
        try
        {
            await _socket.SendAsync(Encoding.UTF8.GetBytes(json + EndOfMessage), WebSocketMessageType.Text, endOfMessage: true, cancellation);
        }
        catch (Exception failure) when (failure is OperationCanceledException or ObjectDisposedException && !cancellation.IsCancellationRequested)
        {
            // A socket whose other end dies during a write says that it was cancelled, whoever cancelled it.
            throw new WebSocketException("The connection has ended.", failure);
        }
    }

    private async Task ReceiveAsync()
    {
        var buffer = new byte[16 << 10];
        var partial = new StringBuilder();
        try
        {
            while (await _socket.ReceiveAsync(buffer, CancellationToken.None) is { MessageType: WebSocketMessageType.Text } read)
            {
                partial.Append(Encoding.UTF8.GetString(buffer, 0, read.Count));
                var messages = partial.ToString().Split(EndOfMessage);
                partial.Clear().Append(messages[^1]);
                foreach (var message in messages[..^1])
                {
                    Take(JsonDocument.Parse(message).RootElement);
                }
            }
        }
        catch (Exception failure) when (failure is WebSocketException or OperationCanceledException or ObjectDisposedException)
        {
            // Its host died, or we are done.
        }

        var ended = new WebSocketException("The connection has ended.");
        _greeted.TrySetException(ended);
        foreach (var waiting in _asked.Values)
        {
            waiting.TrySetException(ended);
        }
    }

    private void Take(JsonElement message)
    {
        switch (message.TryGetProperty("type", out var type) ? type.GetInt32() : 0)
        {
            case 0:
                _greeted.TrySetResult();
                break;
            case 1:
                _called(message.GetProperty("target").GetString()!, message.GetProperty("arguments"));
                break;
            case 3 when _asked.TryRemove(message.GetProperty("invocationId").GetString()!, out var waiting):
                waiting.TrySetResult(message);
                break;
        }
    }
}
