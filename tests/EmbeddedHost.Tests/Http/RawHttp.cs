using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Portico.EmbeddedHost.Tests.Http;

/// <summary>HTTP as bytes on a socket: for what no well-behaved client can be made to send.</summary>
internal static class RawHttp
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Sends the bytes and reads until the server hangs up.</summary>
    /// <param name="endOfInput">Whether to tell the server that nothing more comes; else the client keeps its side open.</param>
    /// <returns>All answers, as Latin-1. Null if the server had not hung up after ten seconds: it hangs, or waits for more.</returns>
    public static async Task<string?> SendAsync(int port, byte[] request, bool endOfInput = false)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, port);
        await using var stream = socket.GetStream();
        using var patience = new CancellationTokenSource(Patience);
        var answer = new StringBuilder();
        try
        {
            await stream.WriteAsync(request, patience.Token);
            if (endOfInput)
            {
                socket.Client.Shutdown(SocketShutdown.Send);
            }

            var buffer = new byte[8192];
            while (await stream.ReadAsync(buffer, patience.Token) is var read and > 0)
            {
                answer.Append(Encoding.Latin1.GetString(buffer, 0, read));
            }
        }
        catch (Exception failure) when (failure is IOException or SocketException)
        {
            // A reset is how Kestrel hangs up on bytes that it has not read.
        }
        catch (OperationCanceledException)
        {
            return null;
        }

        return answer.ToString();
    }

    public static Task<string?> SendAsync(int port, string request) => SendAsync(port, Encoding.Latin1.GetBytes(request));

    /// <summary>The status lines of all answers, one after the other.</summary>
    public static IReadOnlyList<int> Statuses(string answers) =>
        [.. answers.Split("HTTP/1.1 ").Skip(1).Select(answer => int.TryParse(answer.AsSpan(0, Math.Min(3, answer.Length)), out var status) ? status : 0)];
}
