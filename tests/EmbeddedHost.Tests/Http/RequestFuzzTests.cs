using System.Collections.Concurrent;
using System.Text;
using Portico.EmbeddedHost.Tests.Hosting;

namespace Portico.EmbeddedHost.Tests.Http;

/// <summary>
/// Good requests with bytes changed, cut out, doubled and spliced. Whatever comes of it: no 5xx, no hanging
/// connection, no exception's text, and the host answers afterwards. <c>PORTICO_FUZZ_SEED</c> repeats a run.
/// </summary>
public sealed class RequestFuzzTests(ITestOutputHelper output)
{
    private static readonly int Inputs = Environment.GetEnvironmentVariable("PORTICO_TEST_FULL") == "1" ? 100_000 : 2_000;

    private static readonly string[] Good =
    [
        "GET /api/v1/items/6f9619ff-8b86-d011-b42d-00c04fc964ff/7?q=a%20b HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\nConnection: close\r\n\r\n",
        "POST /api/v1/colours HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 24\r\nConnection: close\r\n\r\n{\"name\":\"red\",\"red\":255}",
        "POST /api/v1/colours HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json; charset=utf-8\r\nTransfer-Encoding: chunked\r\n\r\n10\r\n{\"name\":\"blue\",\"\r\n7\r\nred\":3}\r\n0\r\n\r\n",
        "POST /api/v1/body HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n12345GET /api/v1/scope HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: br, gzip\r\nIf-None-Match: \"x\"\r\nRange: bytes=0-9\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\nHost: localhost\r\nOrigin: http://elsewhere.example\r\nAccess-Control-Request-Method: PUT\r\n\r\n",
        "GET /client?hub=portico HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
    ];

    private static readonly string[] Nasty =
    [
        "\r\n", "\n", "\0", "\r", "\t", " ", ":", ";", "/", "..", "%2e%2e%2f", "%00", "%", "%zz", "\\", "?", "#", "@", "{", "\"", "[", "\u00ff", "\u0080",
        "Content-Length: 7\r\n", "Content-Length: -7\r\n", "Transfer-Encoding: chunked\r\n", "Transfer-Encoding: gzip\r\n", "Host: b\r\n", "Connection: keep-alive\r\n",
        "99999999999999999999", "-1", "1e999", "true", "null", "HTTP/1.0", "HTTP/2.0", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", new string('A', 9_000),
    ];

    [Fact]
    public async Task Request_AnyBytes_AreNeverAServerErrorNorAHang()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("PORTICO_FUZZ_SEED"), out var given) ? given : Random.Shared.Next();
        output.WriteLine($"PORTICO_FUZZ_SEED={seed}, {Inputs} inputs");
        await using var host = await TestHost.StartAsync();
        var faults = new ConcurrentQueue<string>();
        var reachedTheHost = 0;

        await Parallel.ForEachAsync(Enumerable.Range(0, Inputs), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (number, _) =>
        {
            var request = Mutated(new Random(unchecked((seed * 31) + number)));
            var answer = await RawHttp.SendAsync(host.Origin.Port, request, endOfInput: true);
            if (FaultOf(answer) is { } fault)
            {
                faults.Enqueue($"input {number}: {fault}\n{Convert.ToBase64String(request)}\n{Encoding.Latin1.GetString(request)}\n→ {answer}");
            }
            else if (answer!.Contains("urn:portico:problem", StringComparison.Ordinal) || RawHttp.Statuses(answer).Any(status => status is >= 200 and < 300))
            {
                Interlocked.Increment(ref reachedTheHost);
            }
        });

        faults.ShouldBeEmpty($"seed {seed}");

        // A busy machine may see the caller's end of input before its answer is written, and closes without one.
        reachedTheHost.ShouldBeGreaterThan(Inputs / 40, "the inputs are so broken that next to nothing came past the parser");
        (await host.Client.GetAsync("/api/v1/scope")).IsSuccessStatusCode.ShouldBeTrue();
    }

    private static string? FaultOf(string? answer)
    {
        if (answer is null)
        {
            return "no end of the answer within ten seconds";
        }

        // 501 and 505 are what HTTP asks for where a coding or a version is unknown.
        return RawHttp.Statuses(answer).FirstOrDefault(status => status is >= 500 and not (501 or 505)) is var status and not 0 ? $"status {status}"
            : answer.Contains("Exception", StringComparison.Ordinal) || answer.Contains("   at ", StringComparison.Ordinal) ? "an exception's text"
            : null;
    }

    private static byte[] Mutated(Random random)
    {
        var bytes = Encoding.Latin1.GetBytes(Good[random.Next(Good.Length)]).ToList();
        if (random.Next(2) == 0)
        {
            // Gently, so that it stays HTTP and what is behind the parser gets something to chew.
            bytes[random.Next(bytes.Count)] = (byte)random.Next('!', '~');
            return [.. bytes];
        }

        for (var change = random.Next(1, 4); change > 0 && bytes.Count > 0; change--)
        {
            var at = random.Next(bytes.Count);
            var length = Math.Min(random.Next(1, 40), bytes.Count - at);
            switch (random.Next(6))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.RemoveRange(at, length);
                    break;
                case 2:
                    bytes.InsertRange(at, bytes.GetRange(at, length));
                    break;
                case 3:
                    bytes.InsertRange(at, Encoding.Latin1.GetBytes(Nasty[random.Next(Nasty.Length)]));
                    break;
                case 4:
                    bytes.RemoveRange(at, length);
                    bytes.InsertRange(at, Encoding.Latin1.GetBytes(Nasty[random.Next(Nasty.Length)]));
                    break;
                default:
                    var other = Encoding.Latin1.GetBytes(Good[random.Next(Good.Length)]);
                    var from = random.Next(other.Length);
                    bytes.InsertRange(at, other[from..Math.Min(other.Length, from + 60)]);
                    break;
            }
        }

        return [.. bytes];
    }
}
