using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Sas;
using Portico.EmbeddedHost.Blobs;
using Portico.EmbeddedHost.Tests.Hosting;

namespace Portico.EmbeddedHost.Tests.Blobs;

/// <summary>A host with one published and one private blob, for tests that read.</summary>
public sealed class BlobOriginFixture : IAsyncLifetime
{
    public static readonly byte[] Media = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 1000).Select(i => $"{i:D4},")));

    public const int MaxUploadBytes = 1 << 20;

    internal TestHost Host { get; private set; } = null!;

    internal BlobServiceClient Service => Host.Service<HostBlobs>().Service;

    public async ValueTask InitializeAsync()
    {
        Host = await TestHost.StartAsync(withBlobs: true, settings: ["--Portico:BlobSweepSeconds=3600", $"--Portico:MaxUploadBytes={MaxUploadBytes}"]);
        foreach (var container in new[] { "public", "private", "uploads" })
        {
            await Service.GetBlobContainerClient(container).CreateIfNotExistsAsync();
        }

        await Service.GetBlobContainerClient("public").GetBlobClient("p/media.mp4").UploadAsync(BinaryData.FromBytes(Media), new BlobUploadOptions
        {
            HttpHeaders = new BlobHttpHeaders { ContentType = "video/mp4", CacheControl = "public, max-age=31536000, immutable" },
        });
        await Service.GetBlobContainerClient("private").GetBlobClient("secret.txt").UploadAsync(BinaryData.FromString("secret"));
    }

    public ValueTask DisposeAsync() => Host.DisposeAsync();
}

/// <summary>Blobs on the portal's origin: published ones under /cdn, one's own uploads under /blob.</summary>
public sealed class BlobOriginTests(BlobOriginFixture fixture) : IClassFixture<BlobOriginFixture>
{
    private static readonly byte[] Media = BlobOriginFixture.Media;

    private readonly TestHost _host = fixture.Host;
    private readonly BlobServiceClient _service = fixture.Service;

    [Fact]
    public async Task CdnGet_PublishedBlob_CarriesItsHeadersToAnyOrigin()
    {
        using var response = await _host.Client.GetAsync("/cdn/p/media.mp4");
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await response.Content.ReadAsByteArrayAsync()).ShouldBe(Media);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("video/mp4");
        response.Headers.CacheControl!.ToString().ShouldContain("immutable");
        response.Headers.GetValues("Access-Control-Allow-Origin").ShouldBe(["*"]);
        response.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        response.Headers.GetValues("Content-Security-Policy").Single().ShouldContain("sandbox");
        response.Headers.ETag.ShouldNotBeNull();
    }

    [Fact]
    public async Task CdnGet_KnownETag_AnswersNotModified()
    {
        using var first = await _host.Client.GetAsync("/cdn/p/media.mp4");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/cdn/p/media.mp4");
        request.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var second = await _host.Client.SendAsync(request);
        second.StatusCode.ShouldBe(HttpStatusCode.NotModified);
        second.Headers.ETag.ShouldBe(first.Headers.ETag);
        (await second.Content.ReadAsByteArrayAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("bytes=0-9", 206, 0, 10)]
    [InlineData("bytes=4990-", 206, 4990, 10)]
    [InlineData("bytes=4990-9999", 206, 4990, 10)]
    [InlineData("bytes=0-9223372036854775807", 206, 0, 5000)]
    [InlineData("bytes=5000-", 416, 0, 0)]
    [InlineData("bytes=9-0", 200, 0, 5000)]
    [InlineData("bytes=0-1,4-5", 200, 0, 5000)]
    [InlineData("lines=0-1", 200, 0, 5000)]
    public async Task CdnGet_Range_AnswersThatPart(string range, int status, int from, int length)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/cdn/p/media.mp4");
        request.Headers.TryAddWithoutValidation("Range", range);
        using var response = await _host.Client.SendAsync(request);
        ((int)response.StatusCode).ShouldBe(status);
        var body = await response.Content.ReadAsByteArrayAsync();
        body.ShouldBe(Media.AsSpan(from, length).ToArray());
        if (status == 206)
        {
            response.Content.Headers.ContentRange!.ToString().ShouldBe($"bytes {from}-{from + length - 1}/5000");
        }
    }

    [Theory]
    [InlineData("\"0x1234567890ABCDE\"")]
    [InlineData("W/\"weak\"")]
    [InlineData("Fri, 01 May 2026 12:00:00 GMT")]
    public async Task CdnGet_RangeOfAnotherVersion_AnswersTheWhole(string ifRange)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/cdn/p/media.mp4");
        request.Headers.Range = new RangeHeaderValue(10, 19);
        request.Headers.TryAddWithoutValidation("If-Range", ifRange);

        using var response = await _host.Client.SendAsync(request);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await response.Content.ReadAsByteArrayAsync()).ShouldBe(Media);
    }

    [Fact]
    public async Task CdnGet_RangeOfThisVersion_AnswersThePart()
    {
        using var first = await _host.Client.GetAsync("/cdn/p/media.mp4");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/cdn/p/media.mp4");
        request.Headers.Range = new RangeHeaderValue(10, 19);
        request.Headers.IfRange = new RangeConditionHeaderValue(first.Headers.ETag!);

        using var response = await _host.Client.SendAsync(request);

        response.StatusCode.ShouldBe(HttpStatusCode.PartialContent);
        (await response.Content.ReadAsByteArrayAsync()).ShouldBe(Media[10..20]);
    }

    [Fact]
    public async Task CdnHead_PublishedBlob_AnswersItsLength()
    {
        using var response = await _host.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/cdn/p/media.mp4"));
        response.Content.Headers.ContentLength.ShouldBe(5000);
    }

    [Theory]
    [InlineData("/cdn/../private/secret.txt")]
    [InlineData("/cdn/%2e%2e/private/secret.txt")]
    [InlineData("/cdn/p/..%2f..%2fprivate/secret.txt")]
    [InlineData("/cdn/%2e%2e%2fprivate%2fsecret.txt")]
    [InlineData("/cdn/..%5cprivate%5csecret.txt")]
    [InlineData("/cdn/%252e%252e/private/secret.txt")]
    [InlineData("/cdn//private/secret.txt")]
    [InlineData("/cdn/p/media.mp4%00.txt")]
    [InlineData("/cdn/p/media.mp4%3fcomp=metadata")]
    [InlineData("/cdn/")]
    [InlineData("/cdn/p/")]
    [InlineData("/cdn/../../private/secret.txt")]
    [InlineData("/cdn/./../private/secret.txt")]
    [InlineData("/cdn/p/../../private/secret.txt")]
    [InlineData("/cdn/%2e%2e/%2e%2e/portico/private/secret.txt")]
    [InlineData("/cdn/%2E%2E%2Fprivate/secret.txt")]
    [InlineData("/cdn/.%2e/private/secret.txt")]
    [InlineData("/cdn/..;/private/secret.txt")]
    [InlineData("/cdn/%252e%252e%252fprivate%252fsecret.txt")]
    [InlineData("/cdn/%25252e%25252e/private/secret.txt")]
    [InlineData("/cdn/%c0%ae%c0%ae/private/secret.txt")]
    [InlineData("/cdn/%e0%80%ae%e0%80%ae/private/secret.txt")]
    [InlineData("/cdn/%uff0e%uff0e/private/secret.txt")]
    [InlineData("/cdn/p%00/../../private/secret.txt")]
    [InlineData("/cdn/%0d%0aX-Injected:%20yes")]
    [InlineData("/cdn/private/secret.txt")]
    [InlineData("/cdn/$root/secret.txt")]
    [InlineData("/cdn/$logs/secret.txt")]
    [InlineData("/cdn/p/media.mp4%23/../../private/secret.txt")]
    [InlineData("/cdn/http://127.0.0.1/private/secret.txt")]
    [InlineData("/cdn/?restype=container&comp=list")]
    [InlineData("/cdn/?comp=list&prefix=../private")]
    [InlineData("/cdn/\\..\\private\\secret.txt")]
    [InlineData("/CDN/../private/secret.txt")]
    [InlineData("//cdn/private/secret.txt")]
    public async Task CdnGet_PathTricks_FindNothing(string target)
    {
        var answer = await RawGetAsync(target);
        answer.ShouldMatch(@"^HTTP/1\.1 (400|404) ");
        answer.ShouldNotContain("secret\n");
        answer.ShouldNotEndWith("secret");
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    public async Task Cdn_MethodsThatChange_AreRefused(string method)
    {
        using var response = await _host.Client.SendAsync(new HttpRequestMessage(new HttpMethod(method), "/cdn/p/media.mp4"));
        response.StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
    }

    [Fact]
    public async Task BlobPut_WithUploadSas_StoresTheBlobAndStartsTheTrigger()
    {
        var url = UploadUrl("uploads", "p/a/source", BlobSasPermissions.Create | BlobSasPermissions.Write);
        using var response = await PutAsync(url, "from the browser", ("x-ms-blob-type", "BlockBlob"));
        response.StatusCode.ShouldBe(HttpStatusCode.Created);
        await _host.Seen.WaitForAsync("p/a: from the browser", seconds: 5);
    }

    [Fact]
    public async Task BlobPut_InBlocks_StartsTheTriggerOnceAtTheEnd()
    {
        var url = UploadUrl("uploads", "p/blocks/source", BlobSasPermissions.Create | BlobSasPermissions.Write);
        string[] ids = [Convert.ToBase64String("0001"u8), Convert.ToBase64String("0002"u8)];
        foreach (var (id, text) in ids.Zip(["left ", "right"]))
        {
            using var block = await PutAsync($"{url}&comp=block&blockid={Uri.EscapeDataString(id)}", text);
            block.StatusCode.ShouldBe(HttpStatusCode.Created);
        }

        _host.Seen.All.ShouldNotContain(seen => seen.StartsWith("p/blocks", StringComparison.Ordinal));
        using var list = await PutAsync($"{url}&comp=blocklist", $"<BlockList><Latest>{ids[0]}</Latest><Latest>{ids[1]}</Latest></BlockList>");
        list.StatusCode.ShouldBe(HttpStatusCode.Created);
        await _host.Seen.WaitForAsync("p/blocks: left right", seconds: 5);
    }

    [Fact]
    public async Task BlobPut_SasOfAnotherBlobOrOtherRights_IsRefusedByStorage()
    {
        var url = UploadUrl("uploads", "p/a/source", BlobSasPermissions.Create | BlobSasPermissions.Write);
        using var otherBlob = await PutAsync(url.Replace("/p/a/", "/p/b/", StringComparison.Ordinal), "x", ("x-ms-blob-type", "BlockBlob"));
        otherBlob.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        using var read = await _host.Client.GetAsync(url);
        read.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        using var tampered = await PutAsync(url.Replace("sp=cw", "sp=rcwd", StringComparison.Ordinal), "x", ("x-ms-blob-type", "BlockBlob"));
        tampered.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        var expired = UploadUrl("uploads", "p/a/source", BlobSasPermissions.Write, TimeSpan.FromMinutes(-1));
        using var late = await PutAsync(expired, "x", ("x-ms-blob-type", "BlockBlob"));
        late.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Theory]
    [InlineData(BlobOriginFixture.MaxUploadBytes, HttpStatusCode.Created)]
    [InlineData(BlobOriginFixture.MaxUploadBytes + 1, HttpStatusCode.RequestEntityTooLarge)]
    public async Task BlobPut_AtTheLimitAndBeyond_TakesOnlyWhatTheAppWould(int bytes, HttpStatusCode status)
    {
        var url = UploadUrl("private", $"{Guid.NewGuid():N}", BlobSasPermissions.Create | BlobSasPermissions.Write);

        using var response = await PutAsync(url, new string('x', bytes), ("x-ms-blob-type", "BlockBlob"));

        response.StatusCode.ShouldBe(status);
    }

    [Theory]
    [InlineData("")]
    [InlineData("&comp=block&blockid=MDAw")]
    public async Task BlobPut_CopyingFromAnotherBlob_IsRefusedAndCopiesNothing(string operation)
    {
        var name = $"{Guid.NewGuid():N}/source";
        var url = UploadUrl("uploads", name, BlobSasPermissions.Create | BlobSasPermissions.Write) + operation;
        using var response = await PutAsync(url, "", ("x-ms-copy-source", $"{_service.Uri}/private/secret.txt"));
        response.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await _service.GetBlobContainerClient("uploads").GetBlobClient(name).ExistsAsync()).Value.ShouldBeFalse();
    }

    [Theory]
    [InlineData("/blob/devstoreaccount1/private/secret.txt")]
    [InlineData("/blob/devstoreaccount1/private/secret.txt?sig=")]
    [InlineData("/blob/devstoreaccount1/private/secret.txt?sv=2021-10-04&sr=b&sp=r&se=2099-01-01T00%3A00%3A00Z&sig=AAAA")]
    [InlineData("/blob/devstoreaccount1/private?restype=container&comp=list&sig=x")]
    [InlineData("/blob/devstoreaccount1/private/x?restype=container&comp=list&sig=x")]
    [InlineData("/blob/devstoreaccount1/?comp=list&sig=x")]
    [InlineData("/blob/devstoreaccount1/private/a/..%2fsecret.txt?sig=x")]
    [InlineData("/blo%62/devstoreaccount1/private/secret.txt?sig=x")]
    [InlineData("/BLOB/devstoreaccount1/private/secret.txt?sig=x")]
    [InlineData("http://localhost/blob/devstoreaccount1/private/secret.txt?sig=x")]
    [InlineData("/blob/devstoreaccount1/%ff/secret.txt?sig=x")]
    [InlineData("/blob/%c0%af/private/secret.txt?sig=x")]
    [InlineData("/blob/devstoreaccount1/%2e%2e/secret.txt?sig=x")]
    public async Task BlobGet_WithoutAValidSas_IsRefused(string target)
    {
        var answer = await RawGetAsync(target);
        answer.ShouldMatch(@"^HTTP/1\.1 (403|404) ");
        answer.ShouldNotEndWith("secret");
    }

    [Fact]
    public async Task BlobGet_WithReadSas_ServesRangesAndNoPageOfOurOrigin()
    {
        var url = UploadUrl("private", "secret.txt", BlobSasPermissions.Read);
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.Range = new RangeHeaderValue(1, 3);
        using var response = await _host.Client.SendAsync(request);
        response.StatusCode.ShouldBe(HttpStatusCode.PartialContent);
        (await response.Content.ReadAsStringAsync()).ShouldBe("ecr");
        response.Headers.GetValues("Content-Security-Policy").Single().ShouldContain("sandbox");
    }

    [Fact]
    public async Task BlobPut_StorageStopped_IsAProblemThatSaysWhenToComeBack()
    {
        await using var host = await TestHost.StartAsync(withBlobs: true);
        var blob = host.Service<HostBlobs>().Service.GetBlobContainerClient("uploads").GetBlobClient("p/a/source");
        var url = "/blob" + blob.GenerateSasUri(BlobSasPermissions.Create | BlobSasPermissions.Write, DateTimeOffset.UtcNow.AddHours(1)).PathAndQuery;
        await host.Service<Azurite>().StopAsync(CancellationToken.None);

        using var request = new HttpRequestMessage(HttpMethod.Put, url) { Content = new ByteArrayContent(new byte[1 << 20]) };
        using var response = await host.Client.SendAsync(request);

        response.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        response.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(1));
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        var text = await response.Content.ReadAsStringAsync();
        var problem = JsonDocument.Parse(text).RootElement;
        problem.GetProperty("code").GetString().ShouldBe("service.storage_unavailable");
        problem.GetProperty("status").GetInt32().ShouldBe(503);
        text.ShouldNotContain("sig=");
    }

    private string UploadUrl(string container, string name, BlobSasPermissions permissions, TimeSpan? lifetime = null)
    {
        var sas = _service.GetBlobContainerClient(container).GetBlobClient(name).GenerateSasUri(permissions, DateTimeOffset.UtcNow + (lifetime ?? TimeSpan.FromHours(1)));
        return "/blob" + sas.PathAndQuery;
    }

    private Task<HttpResponseMessage> PutAsync(string url, string body, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Put, url) { Content = new StringContent(body) };
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        return _host.Client.SendAsync(request);
    }

    /// <summary>Sends the target exactly as written: HttpClient would tidy it.</summary>
    private async Task<string> RawGetAsync(string target)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, _host.Origin.Port);
        await using var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync();
    }
}
