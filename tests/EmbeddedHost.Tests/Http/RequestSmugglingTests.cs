using System.Text;
using Portico.EmbeddedHost.Tests.Hosting;

namespace Portico.EmbeddedHost.Tests.Http;

/// <summary>
/// Messages whose end two servers could see in different places. Whatever stands behind such a message on the
/// connection must not run as a request of its own: behind a proxy it would be somebody else's.
/// </summary>
public sealed class RequestSmugglingTests(RequestSmugglingTests.Server server) : IClassFixture<RequestSmugglingTests.Server>
{
    /// <summary>The request that an attacker wants to run; the function behind it is seen when it does.</summary>
    private const string Hidden = "GET /api/v1/hidden HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

    private readonly TestHost _host = server.Host;

    public static TheoryData<string, string> Ambiguous => new()
    {
        { "both lengths, chunked ends first", $"Content-Length: {5 + Hidden.Length}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{Hidden}" },
        { "both lengths, the other way round", $"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n{Hidden.Length:x}\r\n{Hidden}\r\n0\r\n\r\n{Hidden}" },
        { "two different lengths", $"Content-Length: 0\r\nContent-Length: {Hidden.Length}\r\n\r\n{Hidden}" },
        { "two lengths in one line", $"Content-Length: 0, {Hidden.Length}\r\n\r\n{Hidden}" },
        { "negative length", $"Content-Length: -1\r\n\r\n{Hidden}" },
        { "length in hexadecimal", $"Content-Length: 0x0\r\n\r\n{Hidden}" },
        { "length beyond 64 bits", $"Content-Length: 18446744073709551616\r\n\r\n{Hidden}" },
        { "empty length", $"Content-Length:\r\n\r\n{Hidden}" },
        { "folded header", $"X-A: b\r\n Content-Length: 0\r\n\r\n{Hidden}" },
        { "folded transfer coding", $"Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n{Hidden}" },
        { "space before the colon", $"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n{Hidden}" },
        { "unknown transfer coding", $"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n{Hidden}" },
        { "chunked not last", $"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n{Hidden}" },
        { "chunked twice", $"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{Hidden}" },
        { "vertical tab before the coding", $"Transfer-Encoding: \vchunked\r\n\r\n0\r\n\r\n{Hidden}" },
        { "line feed alone ends a header", $"X-A: b\nContent-Length: 0\r\n\r\n{Hidden}" },
        { "line feeds alone end the headers", $"Content-Length: 0\n\n{Hidden}" },
        { "carriage return alone in a header", $"X-A: b\rContent-Length: 0\r\n\r\n{Hidden}" },
        { "null byte in a header", $"X-A: b\0c\r\nContent-Length: 0\r\n\r\n{Hidden}" },
        { "header without a name", $": b\r\nContent-Length: 0\r\n\r\n{Hidden}" },
        { "header without a colon", $"Content-Length 0\r\n\r\n{Hidden}" },
        { "second host", $"Host: elsewhere\r\nContent-Length: 0\r\n\r\n{Hidden}" },
    };

    public static TheoryData<string, string> BrokenChunks => new()
    {
        { "size that is no number", $"zz\r\n{Hidden}" },
        { "negative size", $"-1\r\n{Hidden}" },
        { "size beyond 64 bits", $"fffffffffffffffff\r\n{Hidden}" },
        { "size with 0x", $"0x0\r\n\r\n{Hidden}" },
        { "space before the size", $" 0\r\n\r\n{Hidden}" },
        { "empty size", $"\r\n\r\n{Hidden}" },
        { "data longer than its size", $"1\r\nabc\r\n0\r\n\r\n{Hidden}" },
        { "line feed alone in an extension", $"0;a\nb\r\n\r\n{Hidden}" },
        { "carriage return alone in an extension", $"0;a\rb\r\n\r\n{Hidden}" },
        { "extension without end", "0;" + new string('a', 200_000) },
        { "trailers of 40 KiB", $"0\r\nX-A: {new string('a', 40 << 10)}\r\n\r\n{Hidden}" },
    };

    [Theory]
    [MemberData(nameof(Ambiguous))]
    public async Task Post_EndSeenInTwoPlaces_IsRefusedAndTheConnectionClosed(string what, string rest) =>
        await RefusedAsync(what, $"POST /api/v1/body HTTP/1.1\r\nHost: localhost\r\n{rest}");

    [Theory]
    [MemberData(nameof(BrokenChunks))]
    public async Task Post_ChunksThatAreNone_AreRefusedAndTheConnectionClosed(string what, string chunks) =>
        await RefusedAsync(what, $"POST /api/v1/body HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n{chunks}");

    [Theory]
    [InlineData("GET /api/v1/scope\r\n\r\n")]
    [InlineData("GET /api/v1/scope HTTP/9.9\r\nHost: localhost\r\n\r\n")]
    [InlineData("GET /api/v1/scope HTTP/1.1\r\n\r\n")]
    [InlineData("GET  /api/v1/scope HTTP/1.1\r\nHost: localhost\r\n\r\n")]
    [InlineData("GET /api/v1/scope\u0001 HTTP/1.1\r\nHost: localhost\r\n\r\n")]
    [InlineData("GET /api/v1/%zz%00 HTTP/1.1\r\nHost: localhost\r\n\r\n")]
    [InlineData("G\0T /api/v1/scope HTTP/1.1\r\nHost: localhost\r\n\r\n")]
    [InlineData("GET /api/v1/scope HTTP/1.1\r\nHost: a b\r\n\r\n")]
    [InlineData("\u0016\u0003\u0001\u0002\0\u0001\0\u0001\u00fc\u0003\u0003")]
    public async Task Request_ThatIsNone_IsRefused(string request) => await RefusedAsync(request, request);

    [Fact]
    public async Task Post_LengthWithASign_IsReadAsThatNumber()
    {
        // Kestrel's own leniency, which nothing behind it can see. Harmless alone: the end is where it seems to be.
        var answer = await RawHttp.SendAsync(_host.Origin.Port, $"POST /api/v1/body HTTP/1.1\r\nHost: localhost\r\nContent-Length: +{Hidden.Length}\r\n\r\n{Hidden}GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

        answer.ShouldNotBeNull().ShouldContain($"\r\n{Hidden.Length}\r\n");
    }

    [Fact]
    public async Task Get_HiddenRequestSentOpenly_Runs()
    {
        // The proof that these tests can fail: the same bytes in a place of their own do run.
        var answer = await RawHttp.SendAsync(_host.Origin.Port, "POST /api/v1/body HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n" + Hidden.Replace("/hidden", "/hidden?openly", StringComparison.Ordinal));

        RawHttp.Statuses(answer.ShouldNotBeNull()).ShouldBe([200, 200]);
        _host.Seen.All.ShouldContain("hidden ?openly");
    }

    private async Task RefusedAsync(string what, string request)
    {
        var ranBefore = _host.Seen.Count("hidden ");

        var answer = await RawHttp.SendAsync(_host.Origin.Port, Encoding.Latin1.GetBytes(request));

        answer.ShouldNotBeNull($"{what}: the server keeps the connection open");
        RawHttp.Statuses(answer).ShouldBeSubsetOf([400, 408, 413, 414, 431, 501, 505], $"{what}: {answer}");
        RawHttp.Statuses(answer).Count.ShouldBeLessThanOrEqualTo(1, $"{what}: {answer}");
        answer.ShouldNotContain("Exception");
        _host.Seen.Count("hidden ").ShouldBe(ranBefore, $"{what}: {answer}");
    }

    public sealed class Server : IAsyncLifetime
    {
        internal TestHost Host { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Host = await TestHost.StartAsync();

        public ValueTask DisposeAsync() => Host.DisposeAsync();
    }
}
