using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Portico.EmbeddedHost.Tests.Hosting;

namespace Portico.EmbeddedHost.Tests.Http;

public sealed class HostileHttpTests : IAsyncLifetime
{
    private TestHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await TestHost.StartAsync(settings: "--Portico:MaxRequestBodyBytes=100000");

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData(100_000, 200)]
    [InlineData(100_001, 413)]
    public async Task Post_BodyAroundTheLimit_IsTakenUpToIt(int bytes, int status)
    {
        using var response = await _host.Client.PostAsync("/api/v1/body", new ByteArrayContent(new byte[bytes]));
        ((int)response.StatusCode).ShouldBe(status);
        (await response.Content.ReadAsStringAsync()).ShouldContain(status == 200 ? "100000" : "request.body_too_large");
    }

    [Fact]
    public async Task Post_ChunkedBodyBeyondTheLimit_IsRefused()
    {
        var content = new StreamContent(new MemoryStream(new byte[300_000]));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/body") { Content = content };
        request.Headers.TransferEncodingChunked = true;
        using var response = await _host.Client.SendAsync(request);
        response.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task Get_HeadersOf40KiB_AreRefused()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/scope");
        request.Headers.Add("x-much", new string('a', 40 << 10));
        using var response = await _host.Client.SendAsync(request);
        response.StatusCode.ShouldBe(HttpStatusCode.RequestHeaderFieldsTooLarge);
    }

    [Fact]
    public async Task Post_BodyThatTricklesIn_IsCutOff()
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, _host.Origin.Port);
        await using var stream = socket.GetStream();
        await stream.WriteAsync("POST /api/v1/body HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000\r\n\r\n"u8.ToArray());
        var clock = Stopwatch.StartNew();
        var answer = ReadAllAsync(stream);
        while (!answer.IsCompleted && clock.Elapsed < TimeSpan.FromSeconds(30))
        {
            try
            {
                await stream.WriteAsync("x"u8.ToArray());
            }
            catch (IOException)
            {
                break;
            }

            await Task.WhenAny(answer, Task.Delay(500));
        }

        (await answer.WaitAsync(TimeSpan.FromSeconds(5))).ShouldStartWith("HTTP/1.1 408");
    }

    [Fact]
    public async Task Get_HeadersThatTrickleIn_AreCutOffAfterTenSeconds()
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, _host.Origin.Port);
        await using var stream = socket.GetStream();
        await stream.WriteAsync("GET /api/v1/scope HTTP/1.1\r\nHost: localhost\r\n"u8.ToArray());
        var clock = Stopwatch.StartNew();
        var answer = ReadAllAsync(stream);
        while (!answer.IsCompleted && clock.Elapsed < TimeSpan.FromSeconds(30))
        {
            try
            {
                // Always one more header, never the last.
                await stream.WriteAsync("X-A: b\r\n"u8.ToArray());
            }
            catch (IOException)
            {
                break;
            }

            await Task.WhenAny(answer, Task.Delay(500));
        }

        (await answer.WaitAsync(TimeSpan.FromSeconds(5))).ShouldStartWith("HTTP/1.1 408");
        clock.Elapsed.ShouldBeInRange(TimeSpan.FromSeconds(8), TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task Get_WhileFiveHundredClientsSendHalfARequest_IsAnsweredAtOnce()
    {
        var idle = new List<TcpClient>();
        try
        {
            for (var i = 0; i < 500; i++)
            {
                var socket = new TcpClient();
                idle.Add(socket);
                await socket.ConnectAsync(IPAddress.Loopback, _host.Origin.Port);
                await socket.GetStream().WriteAsync("POST /api/v1/body HTTP/1.1\r\nHost: loc"u8.ToArray());
            }

            using var response = await _host.Client.GetAsync("/api/v1/scope").WaitAsync(TimeSpan.FromSeconds(5));
            response.StatusCode.ShouldBe(HttpStatusCode.OK);
        }
        finally
        {
            idle.ForEach(socket => socket.Dispose());
        }
    }

    [Fact]
    public async Task Get_HundredAndOneHeaders_AreRefused()
    {
        var headers = string.Concat(Enumerable.Range(0, 101).Select(i => $"X-{i}: a\r\n"));
        var answer = await RawHttp.SendAsync(_host.Origin.Port, $"GET /api/v1/scope HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n");
        RawHttp.Statuses(answer.ShouldNotBeNull()).ShouldBe([431]);
    }

    [Fact]
    public async Task Get_AddressOf17KiB_IsRefused()
    {
        var answer = await RawHttp.SendAsync(_host.Origin.Port, $"GET /{new string('a', 17 << 10)} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        RawHttp.Statuses(answer.ShouldNotBeNull()).ShouldBe([414]);
    }

    private static async Task<string> ReadAllAsync(NetworkStream stream)
    {
        var text = new StringBuilder();
        var buffer = new byte[4096];
        try
        {
            while (await stream.ReadAsync(buffer) is var read and > 0)
            {
                text.Append(Encoding.ASCII.GetString(buffer, 0, read));
            }
        }
        catch (IOException)
        {
            // A reset also ends the answer.
        }

        return text.ToString();
    }
}
